#include "shape.hpp"

#include <algorithm>
#include <cctype>

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

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == ',' || c == '=' || c == ' ') {
            out += '\\';
        }
        out += static_cast<unsigned char>(c) < 0x20 || c == '\\' ? '_' : c;
    }
    return out;
}

std::string lower(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return out;
}

}  // namespace sunherd::influx
