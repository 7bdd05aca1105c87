#pragma once

#include "support/process.hpp"

#include <functional>

namespace sunherd::testing {

/// For what tells nobody when it changes, a database or a folder: asks again and again until it is so. The
/// only place where a test sleeps. False at the deadline.
bool ask_until(const std::function<bool()>& condition, std::chrono::milliseconds deadline = kDeadline);

}  // namespace sunherd::testing
