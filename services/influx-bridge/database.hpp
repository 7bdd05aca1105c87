#pragma once

#include "http/http.hpp"
#include "site/site.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace sunherd::influx {

/// What a database said to a batch of lines.
struct Answer {
    enum class Kind {
        stored,
        partial,  ///< some were left out (a field of another type), the others are stored
        refused,  ///< a line can't be understood, or the body is too large: nothing is stored
        failing,  ///< 500: nothing is stored, and nobody knows whether it is the lines or the server
        passing   ///< away, busy, or not set up right: later
    };
    Kind kind = Kind::passing;
    bool silent = false;         ///< no answer at all
    std::uint64_t left_out = 0;  ///< of `partial`
    std::string text{};          ///< the server's words, or why there are none
    std::optional<std::chrono::seconds> retry_after{};
};

/// Line protocol into `/api/v2/write`, which InfluxDB 2, InfluxDB 1.8 and VictoriaMetrics have. Gzipped, over
/// one connection that stays open.
class Database {
  public:
    explicit Database(site::Influx target);
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    Answer write(std::string_view lines);
    /// From any thread: ends a request under way, and all later ones at once.
    void interrupt() { http_.interrupt(); }

  private:
    struct Gzip;
    http::Client http_;
    http::Request request_;
    std::unique_ptr<Gzip> gzip_;
};

}  // namespace sunherd::influx
