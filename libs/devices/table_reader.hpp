#pragma once

#include "devices/device.hpp"
#include "devices/grouped_read.hpp"
#include "devices/point.hpp"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace sunherd::devices {

/// A piece of a device's identity.
struct IdentityField {
    std::uint16_t address = 0;
    std::uint16_t count = 0;
    std::string (*decode)(std::span<const std::uint16_t>) = modbus::decode_text;
    std::optional<std::string> Identity::*to = &Identity::serial;
};

/// A device that is a table.
struct DeviceTable {
    modbus::Table table = modbus::Table::input;
    std::vector<Point> points;               ///< read at each poll
    std::vector<Point> constants = {};       ///< read by identify() only, and repeated in each reading
    std::vector<IdentityField> fields = {};  ///< read by identify()
    Identity known = {};                     ///< what is known without asking
    void (*finish)(Reading&) = nullptr;      ///< quirks, and what the codes mean
    std::optional<Quantity> essential = std::nullopt;  ///< a poll without it has failed
};

/// Reads any device that is a table.
std::unique_ptr<Reader> make_table_reader(DeviceTable table, modbus::ReadConnection& connection);

}  // namespace sunherd::devices
