#pragma once

#include "topics/names.hpp"

#include <tl/expected.hpp>

#include <string>
#include <string_view>

/// Judges messages by `proto-topics/`. Service tests hand over everything they see on the broker. Any thread
/// may call.
namespace sunherd::testing {

/// The error names topic, place and what the schema wanted.
using Verdict = tl::expected<void, std::string>;

/// Wrong: a topic below the root that is not in the contract, a payload that its schema or the C++ decoder
/// refuses, a retained message on a topic that is not retained. Commands may be bare values. Topics outside
/// the root are nobody's and right.
Verdict check_message(const topics::Names& names, std::string_view topic, std::string_view payload,
                      bool retained);

/// Only the schema, by name, e.g. `evse-state`; it exists.
Verdict check_schema(std::string_view schema_name, std::string_view payload);

}  // namespace sunherd::testing
