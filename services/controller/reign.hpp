#pragma once

#include "topics/timestamp.hpp"

#include <cstdint>
#include <filesystem>
#include <string>

namespace sunherd::controller {

/// A new reign of the controller: above every earlier one, as far as the state directory remembers, and at
/// least the seconds of UTC, which keeps it rising when that directory is lost.
struct NewReign {
    std::uint64_t epoch = 0;
    std::string trouble;  ///< why it could not be remembered; empty = it was
};
NewReign begin_reign(const std::filesystem::path& state_dir, topics::Timestamp utc, std::uint64_t above = 0);

}  // namespace sunherd::controller
