#pragma once

#include "topics/codec.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>

/// The one door for JSON from outside, be it from the broker or by HTTP: bytes to a value that is safe to
/// walk and copy.
namespace sunherd::topics {

/// Deeper nesting is refused; our messages need four levels.
constexpr int kMaxDepth = 8;

/// Refuses by size, NUL bytes and depth before anything is built (nlohmann-json overflows the stack on depth,
/// takes a NUL for the end), then by syntax and duplicate keys (of which it would silently keep the last).
tl::expected<nlohmann::json, DecodeError> parse_guarded(std::string_view payload);

/// ASCII, no control character.
bool is_printable(char c);

/// Foreign text for an error message: at most 64 printable ASCII characters.
std::string printable(std::string_view text);

}  // namespace sunherd::topics
