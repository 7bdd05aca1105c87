#include "line_text.hpp"

#include <algorithm>
#include <cctype>

namespace sunherd::influx {

bool is_control(char c) {
    return static_cast<unsigned char>(c) < 0x20;
}

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == ',' || c == '=' || c == ' ') {
            out += '\\';
        }
        out += is_control(c) || c == '\\' ? '_' : c;
    }
    return out;
}

std::string lower(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return out;
}

void append_quoted(std::string& out, std::string_view text) {
    out += '"';
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            out += '\\';
        }
        out += is_control(c) ? ' ' : c;
    }
    out += '"';
}

}  // namespace sunherd::influx
