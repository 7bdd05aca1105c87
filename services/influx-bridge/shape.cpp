#include "shape.hpp"

namespace sunherd::influx {

/// Messages have their fields in the order of `describe`, so the hint, the one after the last, mostly fits.
std::size_t Shape::find(std::string_view name, std::size_t hint) const {
    for (std::size_t i = 0; i < fields.size(); ++i) {
        const std::size_t candidate = (hint + i) % fields.size();
        if (fields[candidate].name == name) {
            return candidate;
        }
    }
    return kNone;
}

}  // namespace sunherd::influx
