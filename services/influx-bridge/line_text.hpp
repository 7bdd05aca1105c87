#pragma once

#include <string>
#include <string_view>

/// Texts as line protocol wants them.
namespace sunherd::influx {

/// A line's end is one: no text may hold it.
bool is_control(char c);

/// A key or a tag's value. A backslash before a comma would hide it.
std::string escaped(std::string_view text);
/// A text field's value: only quote and backslash are special.
void append_quoted(std::string& out, std::string_view text);

std::string lower(std::string_view text);

}  // namespace sunherd::influx
