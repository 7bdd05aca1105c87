#pragma once

#include "topics/messages.hpp"

#include <tl/expected.hpp>

#include <string>
#include <string_view>

/// JSON both ways, for every message. The one door through which JSON from the broker comes in.
namespace sunherd::topics {

/// Larger payloads are refused unread.
constexpr std::size_t kMaxPayloadBytes = 65'536;

/// Why a payload was refused, e.g. `power_w: expected a number, got a string`.
struct DecodeError {
    std::string text;
};
template <class M>
using Decoded = tl::expected<M, DecodeError>;

/// Compact JSON. Invalid UTF-8 in strings is replaced, a number that is not finite is left out.
template <class M>
std::string encode(const M& message);

/// Refuses: too large, nested deeper than 8, no JSON object, duplicate or unknown keys, missing required
/// fields, wrong types, integers out of range. Never half of a message.
template <class M>
Decoded<M> decode(std::string_view payload);

/// A command: a JSON object as above, a JSON scalar, or a bare word (`solar`) of at most 256 printable
/// characters.
Decoded<Command> decode_command(std::string_view payload);

}  // namespace sunherd::topics
