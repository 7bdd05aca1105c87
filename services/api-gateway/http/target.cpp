#include "http/target.hpp"

#include <algorithm>

namespace sunherd::web {
namespace {

constexpr std::size_t kMostParameters = 64;

std::optional<unsigned> hex(char c) {
    if (c >= '0' && c <= '9') {
        return static_cast<unsigned>(c - '0');
    }
    const char lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? std::optional(static_cast<unsigned>(lower - 'a') + 10)
                                        : std::nullopt;
}

std::optional<std::string> decoded(std::string_view text, bool plus_is_space) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        char c = text[i];
        if (c == '%') {
            const bool whole = i + 2 < text.size();
            const auto high = whole ? hex(text[i + 1]) : std::nullopt;
            const auto low = whole ? hex(text[i + 2]) : std::nullopt;
            if (!high || !low) {
                return std::nullopt;
            }
            c = static_cast<char>(*high * 16 + *low);
            i += 2;
        } else if (c == '+' && plus_is_space) {
            c = ' ';
        }
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
            return std::nullopt;
        }
        out += c;
    }
    return is_utf8(out) ? std::optional(std::move(out)) : std::nullopt;
}

bool climbs(std::string_view path) {
    for (std::size_t at = 0; at <= path.size();) {
        const auto end = std::min(path.find('/', at), path.size());
        const auto part = path.substr(at, end - at);
        if (part == ".." || part == ".") {
            return true;
        }
        at = end + 1;
    }
    return path.find('\\') != std::string_view::npos;
}

}  // namespace

bool is_utf8(std::string_view text) {
    for (std::size_t i = 0; i < text.size();) {
        const auto lead = static_cast<unsigned char>(text[i]);
        const std::size_t length = lead < 0x80                   ? 1
                                   : lead >= 0xC2 && lead < 0xE0 ? 2
                                   : lead >= 0xE0 && lead < 0xF0 ? 3
                                   : lead >= 0xF0 && lead < 0xF5 ? 4
                                                                 : 0;
        if (length == 0 || i + length > text.size()) {
            return false;
        }
        unsigned code = length == 1 ? lead : lead & (0xFFU >> (length + 1));
        for (std::size_t k = 1; k < length; ++k) {
            const auto next = static_cast<unsigned char>(text[i + k]);
            if ((next & 0xC0U) != 0x80U) {
                return false;
            }
            code = code << 6U | (next & 0x3FU);
        }
        const bool overlong = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
        if (overlong || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) {
            return false;
        }
        i += length;
    }
    return true;
}

std::optional<Target> parse_target(std::string_view text) {
    if (text.empty() || text.front() != '/') {
        return std::nullopt;
    }
    const auto question = text.find('?');
    auto path = decoded(text.substr(0, question), false);
    if (!path || climbs(*path)) {
        return std::nullopt;
    }
    Target target{.path = std::move(*path), .query = {}};
    auto rest = question == std::string_view::npos ? std::string_view{} : text.substr(question + 1);
    for (std::size_t count = 0; !rest.empty(); ++count) {
        const auto pair = rest.substr(0, rest.find('&'));
        rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
        const auto equals = pair.find('=');
        const auto name = decoded(pair.substr(0, equals), true);
        const auto value =
            decoded(equals == std::string_view::npos ? std::string_view{} : pair.substr(equals + 1), true);
        if (!name || !value || count >= kMostParameters) {
            return std::nullopt;
        }
        if (!name->empty()) {
            target.query.insert_or_assign(*name, *value);
        }
    }
    return target;
}

}  // namespace sunherd::web
