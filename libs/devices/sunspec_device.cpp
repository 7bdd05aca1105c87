#include "devices/sunspec_device.hpp"

#include "devices/grouped_read.hpp"

#include <algorithm>
#include <iterator>

namespace sunherd::devices::sunspec {

std::optional<Model> Device::find(int id) const {
    const auto found =
        std::find_if(models.begin(), models.end(), [&](const Model& model) { return model.id == id; });
    return found == models.end() ? std::nullopt : std::optional(*found);
}

modbus::Result<const Device*> Finder::device() {
    if (device_) {
        return &*device_;
    }
    const auto chain = discover(connection_);
    if (!chain) {
        return tl::unexpected(chain.error());
    }
    const auto main = std::find_if(chain->begin(), chain->end(), [&](const Model& model) {
        return std::find(main_ids_.begin(), main_ids_.end(), model.id) != main_ids_.end();
    });
    if (main == chain->end()) {
        std::string text = "no SunSpec model that we look for; the chain has";
        for (const auto& model : *chain) {
            text += " " + std::to_string(model.id);
        }
        return tl::unexpected(error(connection_, modbus::ErrorKind::garbage, text));
    }
    Device found{.common = std::nullopt, .main = *main, .models = {}, .identity = {}};
    std::copy_if(chain->begin(), chain->end(), std::back_inserter(found.models),
                 [&](const Model& model) { return model.sub_device == main->sub_device; });
    found.common = found.find(1);
    if (found.common) {
        auto identity = read_common(connection_, *found.common);
        if (!identity && identity.error().kind != modbus::ErrorKind::exception) {
            return tl::unexpected(std::move(identity.error()));
        }
        found.identity = std::move(identity).value_or(Identity{});
    }
    device_ = std::move(found);
    return &*device_;
}

bool moved(const modbus::Error& error) {
    return is_illegal_address(error) || error.kind == modbus::ErrorKind::garbage;
}

}  // namespace sunherd::devices::sunspec
