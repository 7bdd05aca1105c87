#pragma once

#include "history/store.hpp"

namespace sunherd::history {

/// Whether the file is a database that is whole; absent: yes (also where there is none).
std::optional<Trouble> damage_of(const std::filesystem::path& file);

/// Sets the damaged one aside, and puts the newest backup that is whole in its place.
Result<void> rescue(const std::filesystem::path& file, Timestamp now, Opened& opened);

}  // namespace sunherd::history
