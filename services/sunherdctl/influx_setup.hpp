#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace sunherd::ctl {

/// What InfluxDB 2 is to be like.
struct InfluxSetup {
    std::string url;  ///< http://host:8086
    std::string org = "sunherd";
    std::string bucket = "sunherd";
    std::filesystem::path tasks;    ///< folder of *.flux
    std::filesystem::path secrets;  ///< folder: `admin-token`, `admin-password`, `grafana-password`,
                                    ///< `write-token`, `read-token`, one line each; what is missing is made
    std::optional<std::filesystem::path> admin_token_file;  ///< of a database that is set up already
};

/// Makes it so, however often it is called: user, organisation, buckets with their retention, tasks, a token
/// that may only write the bucket and one that may only read. Waits up to 60 s for the database. Throws
/// std::runtime_error with what is in the way.
void set_up_influx(const InfluxSetup& wanted);

}  // namespace sunherd::ctl
