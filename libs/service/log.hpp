#pragma once

#include <string>

namespace sunherd::service {

/// spdlog's default logger, to stderr, as text or one JSON object per line. Control characters in what is
/// logged are replaced, so that no foreign text forges a line. Never blocks: where nobody reads, the oldest
/// lines go.
class Log {
  public:
    /// format: `text` or `json`; level: spdlog's names.
    Log(const std::string& service, const std::string& format, const std::string& level);
    ~Log();
    Log(const Log&) = delete;
    Log& operator=(const Log&) = delete;
};

}  // namespace sunherd::service
