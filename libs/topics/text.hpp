#pragma once

#include <algorithm>
#include <string_view>

/// What reading topics and payloads takes, and others' text with them.
namespace sunherd::topics {

/// Without what is in `space` around it.
constexpr std::string_view trimmed(std::string_view text, std::string_view space = " \t\r\n") {
    const auto first = text.find_first_not_of(space);
    return first == std::string_view::npos ? std::string_view{}
                                           : text.substr(first, text.find_last_not_of(space) - first + 1);
}

/// Cuts the first level of a topic off `rest`, which is empty after the last one.
constexpr std::string_view next_level(std::string_view& rest) {
    const auto level = rest.substr(0, rest.find('/'));
    rest.remove_prefix(std::min(rest.size(), level.size() + 1));
    return level;
}

}  // namespace sunherd::topics
