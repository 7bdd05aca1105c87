#include "site/scalar.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace sunherd::site {
namespace {

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
    return std::find(words.begin(), words.end(), text) != words.end();
}

std::optional<double> parse_number(std::string_view text) {
    if (!text.empty() && text.front() == '+') {
        text.remove_prefix(1);
    }
    const bool looks_like_one =
        !text.empty() && text.find_first_not_of("0123456789+-.eE") == std::string_view::npos;
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (!looks_like_one || error != std::errc() || end != text.data() + text.size() ||
        !std::isfinite(value)) {
        return std::nullopt;
    }
    return value;
}

/// Bytes of the character that begins with this one, 0 if none does.
std::size_t utf8_length(unsigned char first) {
    if (first < 0x80) {
        return 1;
    }
    if (first >= 0xC2 && first <= 0xDF) {
        return 2;
    }
    if (first >= 0xE0 && first <= 0xEF) {
        return 3;
    }
    return first >= 0xF0 && first <= 0xF4 ? 4 : 0;
}

bool is_utf8_character(std::string_view bytes) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
    for (std::size_t i = 1; i < bytes.size(); ++i) {
        if ((byte(i) & 0xC0U) != 0x80U) {
            return false;
        }
    }
    if (bytes.size() < 3) {
        return true;
    }
    const bool overlong = (byte(0) == 0xE0 && byte(1) < 0xA0) || (byte(0) == 0xF0 && byte(1) < 0x90);
    const bool surrogate = byte(0) == 0xED && byte(1) > 0x9F;
    const bool beyond = byte(0) == 0xF4 && byte(1) > 0x8F;
    return !overlong && !surrogate && !beyond;
}

}  // namespace

ValuePtr make_scalar(const std::string& tag, const std::string& value, int line) {
    auto node = std::make_shared<Value>();
    node->line = line;
    node->text = value;
    node->kind = Value::Kind::text;
    if (tag == "!secret") {
        node->kind = Value::Kind::secret;
    } else if (tag == "?") {
        if (is_one_of(value, {"", "~", "null", "Null", "NULL"})) {
            node->kind = Value::Kind::none;
        } else if (is_one_of(value, {"true", "True", "TRUE", "false", "False", "FALSE"})) {
            node->kind = Value::Kind::boolean;
            node->truth = value.front() == 't' || value.front() == 'T';
        } else if (const auto number = parse_number(value)) {
            node->kind = Value::Kind::number;
            node->number = *number;
        }
    } else if (tag != "!" && tag != "tag:yaml.org,2002:str") {
        return nullptr;
    }
    return node;
}

std::optional<int> line_of_broken_utf8(std::string_view bytes) {
    std::size_t i = 0;
    while (i < bytes.size()) {
        const std::size_t length = utf8_length(static_cast<unsigned char>(bytes[i]));
        if (length == 0 || i + length > bytes.size() || !is_utf8_character(bytes.substr(i, length))) {
            const auto before = bytes.substr(0, i);
            return static_cast<int>(1 + std::count(before.begin(), before.end(), '\n'));
        }
        i += length;
    }
    return std::nullopt;
}

bool has_control_character(std::string_view utf8) {
    for (std::size_t i = 0; i < utf8.size(); ++i) {
        const auto byte = static_cast<unsigned char>(utf8[i]);
        if (byte < 0x20 || byte == 0x7F) {
            return true;
        }
        const auto next = static_cast<unsigned char>(i + 1 < utf8.size() ? utf8[i + 1] : 0);
        if (byte == 0xC2 && next < 0xA0) {
            return true;
        }
        const bool separator = utf8.substr(i, 3) == "\u2028" || utf8.substr(i, 3) == "\u2029";
        const bool turns_direction = utf8.substr(i, 3) >= "\u202A" && utf8.substr(i, 3) <= "\u202E";
        if (separator || turns_direction) {
            return true;
        }
    }
    return false;
}

}  // namespace sunherd::site
