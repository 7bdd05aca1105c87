#pragma once

#include "sessions/session_tracker.hpp"

#include <utility>
#include <vector>

namespace sunherd::sessions::testing {

using namespace std::chrono_literals;
using topics::Iec61851;

inline const Timestamp kTen = *topics::parse_rfc3339("2026-06-21T10:00:00Z");

inline energy::Bucket five_minutes(energy::Moment at) {
    const auto start = std::chrono::floor<std::chrono::duration<std::int64_t, std::ratio<300>>>(at);
    return {start, start + 5min};
}

/// An EVSE that is read each second.
struct Bench {
    SessionTracker tracker{"garage", 22'000};
    Timestamp now = kTen;
    std::vector<Session> ended{};
    double ended_wh = 0;
    double running_wh = 0;
    double nobodys_wh = 0;
    double longest_gap_s = 60;
    topics::EvseState next{};
    bool restarted = true;

    void read() {
        next.time = now;
        const auto result = tracker.take({.state = next,
                                          .elapsed_s = restarted ? std::nullopt : std::optional(elapsed),
                                          .mix = {.sun = 1},
                                          .mode = topics::ChargeMode::solar,
                                          .vehicle = {},
                                          .longest_gap_s = longest_gap_s},
                                         five_minutes);
        restarted = false;
        elapsed = 1;
        (result.ended ? running_wh : nobodys_wh) += energy::sum_wh(result.flows_before);
        if (result.ended) {
            ended.push_back(*result.ended);
            ended_wh += std::exchange(running_wh, 0);
        }
        (tracker.running() ? running_wh : nobodys_wh) += energy::sum_wh(result.flows);
    }
    void seconds(int count, Iec61851 state, double power_w) {
        for (int i = 0; i < count; ++i) {
            now += 1s;
            next.state = state;
            next.power_w = power_w;
            if (next.total_energy_wh) {
                *next.total_energy_wh += power_w / 3600;
            }
            if (next.session_energy_wh) {
                *next.session_energy_wh += power_w / 3600;
            }
            read();
        }
    }
    void silence(std::chrono::seconds time) {
        now += time - 1s;
        elapsed = std::chrono::duration<double>(time).count();
    }
    double elapsed = 1;
};

}  // namespace sunherd::sessions::testing
