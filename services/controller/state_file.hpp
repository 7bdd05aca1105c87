#pragma once

#include <tl/expected.hpp>

#include <filesystem>
#include <optional>
#include <string>

/// Small files that survive a power cut: written beside, synced, renamed.
namespace sunherd::controller {

/// Absent where there is no such file, or it can't be read or is over 1 MiB.
std::optional<std::string> read_state(const std::filesystem::path& file);

/// The error says what could not be done, and why.
tl::expected<void, std::string> write_state(const std::filesystem::path& file, const std::string& content);

/// Renames a file that makes no sense to `<file>.bad`, in place of an earlier one.
void set_aside(const std::filesystem::path& file);

}  // namespace sunherd::controller
