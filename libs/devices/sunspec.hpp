#pragma once

#include "devices/point.hpp"
#include "devices/reading.hpp"
#include "modbus/connection.hpp"

#include <optional>
#include <span>
#include <vector>

/// What all SunSpec devices share: the chain of models, and how a model is read. Source: SunSpec Device
/// Information Model Specification; model definitions of github.com/sunspec/models; reference page
/// sunspec-modbus.
namespace sunherd::devices::sunspec {

struct Model {
    int id = 0;
    std::uint16_t address = 0;  ///< of the register that holds the id
    std::uint16_t length = 0;   ///< without id and length
    int sub_device = 0;         ///< each model 1 after the first opens another one
    bool operator==(const Model&) const = default;
};

/// Follows the chain from 40000, 50000 or 0. Fails when there is none (kind garbage), or the device doesn't
/// answer.
modbus::Result<std::vector<Model>> discover(modbus::ReadConnection& connection);

/// A row of a model's table: offsets from the model's id register; "not implemented" as SunSpec has it for
/// the type.
Point point(std::uint16_t offset, modbus::Type type, Quantity quantity,
            std::optional<std::uint16_t> scale_factor = std::nullopt);

/// Reads the first `count` registers of a model (less when it is shorter) in one request, for scale factors
/// change at run time. The registers keep their addresses. Fails (kind garbage) when the model is no longer
/// there.
modbus::Result<Registers> read_model(modbus::ReadConnection& connection, const Model& model,
                                     std::uint16_t count);

/// Manufacturer, model, version and serial number from a common model (1).
modbus::Result<Identity> read_common(modbus::ReadConnection& connection, const Model& common);

/// `192.0.2.7:502 unit 1: text`
modbus::Error error(const modbus::ReadConnection& connection, modbus::ErrorKind kind, std::string_view text);

}  // namespace sunherd::devices::sunspec
