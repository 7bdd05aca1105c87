#pragma once

#include <filesystem>
#include <optional>
#include <string>

/// How a supervisor sees that the loop still turns: systemd by messages on $NOTIFY_SOCKET, a container's
/// health check by the file $SUNHERD_HEARTBEAT, which is touched every second and looked at by `<service>
/// --health`.
namespace sunherd::service {

/// One datagram as sd_notify(3) has it (`READY=1`, `WATCHDOG=1`, `STOPPING=1`); nothing where $NOTIFY_SOCKET
/// is not set.
void notify_supervisor(const std::string& message);

/// Absent where $SUNHERD_HEARTBEAT is not set.
std::optional<std::filesystem::path> heartbeat_file();
void touch(const std::filesystem::path& file);
/// Exit code of --health: 0 while the heartbeat is younger than 5 s, else 1 with a line on stderr.
int health_exit_code();

}  // namespace sunherd::service
