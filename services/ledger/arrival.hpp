#pragma once

#include "bus/bus.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace sunherd::ledger {

/// A message as it came, on its way through the spool.
struct Arrival {
    std::string_view topic;
    std::string_view payload;
    std::chrono::steady_clock::time_point received{};
    bool retained = false;
};

/// `topic NUL ticks r NUL payload`: a topic can't contain a NUL.
std::string to_record(const bus::Incoming& message);
std::optional<Arrival> parse_record(std::string_view record);

}  // namespace sunherd::ledger
