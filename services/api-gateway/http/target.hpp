#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace sunherd::web {

struct Target {
    std::string path;
    std::map<std::string, std::string> query;
};

/// `/a/b?x=1`, decoded. Absent: no path, bad escapes, NUL or other control characters, `..` in any form, not
/// UTF-8, more than 64 parameters.
std::optional<Target> parse_target(std::string_view text);

bool is_utf8(std::string_view text);

}  // namespace sunherd::web
