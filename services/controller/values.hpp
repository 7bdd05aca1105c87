#pragma once

#include "settings.hpp"
#include "topics/messages.hpp"

#include <tl/expected.hpp>

#include <string>

/// The value of a command: what it has to be, and what it is.
namespace sunherd::controller {

/// For currents and powers; what does not apply is left as it is.
struct Bounds {
    double least = 0;
    double most = 0;
    std::string time_zone = "UTC";
    topics::Timestamp utc{};
};

/// The value as it is kept: words in our own spelling, numbers in the setting's unit, a moment as RFC 3339.
/// The error says what was expected.
tl::expected<topics::CommandValue, std::string> read_value(ValueKind kind, const topics::CommandValue& value,
                                                           const Bounds& bounds);

/// `default`, and `-` of a `departure`.
bool is_default(ValueKind kind, const topics::CommandValue& value);

/// For answers: at most 64 characters.
std::string in_words(const topics::CommandValue& value);

}  // namespace sunherd::controller
