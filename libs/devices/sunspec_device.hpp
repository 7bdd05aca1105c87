#pragma once

#include "devices/device.hpp"
#include "devices/sunspec.hpp"

#include <optional>
#include <span>
#include <vector>

namespace sunherd::devices::sunspec {

/// A device among those of a SunSpec chain: its common model, the model that measures, and all its models.
struct Device {
    std::optional<Model> common;
    Model main;
    std::vector<Model> models;
    Identity identity;

    std::optional<Model> find(int id) const;
};

/// Finds and keeps the device whose main model is one of `main_ids`: the first in the chain, of whatever
/// sub-device.
class Finder {
  public:
    Finder(modbus::ReadConnection& connection, std::vector<int> main_ids)
        : connection_(connection), main_ids_(std::move(main_ids)) {}

    /// As found before, or discovers now.
    modbus::Result<const Device*> device();
    void forget() { device_.reset(); }

  private:
    modbus::ReadConnection& connection_;
    std::vector<int> main_ids_;
    std::optional<Device> device_;
};

/// A failure after which the models may have moved: exception 2 or 3, or another model in the place.
bool moved(const modbus::Error& error);

}  // namespace sunherd::devices::sunspec
