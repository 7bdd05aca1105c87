#pragma once

#include "history/store.hpp"

namespace sunherd::history {

/// Whether the file is a database that is whole; absent: yes (also where there is none, or an empty one).
std::optional<Trouble> damage_of(const std::filesystem::path& file);

/// Whether there is none, or an empty file, where there was one: it left backups.
bool is_lost(const std::filesystem::path& file);

/// Sets the damaged one aside, and puts the newest backup that is whole in its place. Where that can't be
/// copied, all stays as it is.
Result<void> rescue(const std::filesystem::path& file, Timestamp now, Opened& opened);

}  // namespace sunherd::history
