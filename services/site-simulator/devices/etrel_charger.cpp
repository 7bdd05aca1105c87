#include "devices/etrel_charger.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace sunherd::simulator {
namespace {

using house::Charging;

constexpr int kSecondConnector = 100;
constexpr std::uint8_t kSetpointTooHigh = 12;
constexpr std::chrono::seconds kLoadGuardOffTime{10};

/// Holding registers.
constexpr int kStop = 1;
constexpr int kPause = 2;
constexpr int kSetDeparture = 4;
constexpr int kSetCurrent = 8;
constexpr int kCancelCurrent = 10;
constexpr int kSetPower = 11;
constexpr int kCancelPower = 13;
constexpr int kSetClock = 1000;
constexpr int kRestart = 1004;
constexpr int kClusterLimit = 2000;

double f32_of(const Words& words) {
    const auto bits = static_cast<std::uint32_t>(words.at(0)) << 16U | words.at(1);
    return static_cast<double>(std::bit_cast<float>(bits));
}

std::int64_t i64_of(const Words& words) {
    std::uint64_t bits = 0;
    for (const auto word : words) {
        bits = bits << 16U | word;
    }
    return static_cast<std::int64_t>(bits);
}

}  // namespace

EtrelCharger::EtrelCharger(std::string id, std::string serial, const EtrelSettings& settings,
                           house::House& house, EtrelCluster& cluster)
    : SimulatedDevice(std::move(id)),
      settings_(settings),
      serial_(std::move(serial)),
      house_(house),
      cluster_(cluster) {}

void EtrelCharger::add_connector(int number, std::size_t point, double max_current_a) {
    connectors_.push_back({number, point, max_current_a, settings_.fallback_current_a, std::nullopt, 0});
    cluster_.points.push_back(point);
    offer();
}

void EtrelCharger::power_cycle_load_guard(Moment now) {
    load_guard_off_until_ = now + kLoadGuardOffTime;
}

bool EtrelCharger::reachable() const {
    return SimulatedDevice::reachable() && !restarting_until_;
}

void EtrelCharger::tick(Moment now) {
    if (restarting_until_ && now >= *restarting_until_) {
        restarting_until_.reset();
        faults().end(Fault::load_guard_dead);
    }
    if (load_guard_off_until_ && now >= *load_guard_off_until_) {
        load_guard_off_until_.reset();
        faults().end(Fault::load_guard_dead);
    }
    const bool watched = settings_.monitoring_interval.count() > 0;
    for (auto& connector : connectors_) {
        if (watched && connector.written && now - *connector.written > settings_.monitoring_interval) {
            connector.written.reset();
            connector.told_a = std::min(settings_.fallback_current_a, connector.max_current_a);
        }
    }
    offer();
}

std::optional<double> EtrelCharger::told_a(std::size_t point) const {
    for (const auto& connector : connectors_) {
        if (connector.point == point) {
            return effective_a(connector);
        }
    }
    return std::nullopt;
}

/// The cluster's limit is shared evenly among the cars that are there.
double EtrelCharger::effective_a(const Connector& connector) const {
    if (restarting_until_) {
        return 0;
    }
    double current_a = std::min(connector.told_a, connector.max_current_a);
    if (cluster_.limit_a) {
        const auto cars =
            std::count_if(cluster_.points.begin(), cluster_.points.end(),
                          [this](std::size_t point) { return house_.point(point).car().has_value(); });
        const double limit_a = *std::min_element(cluster_.limit_a->begin(), cluster_.limit_a->end());
        current_a = std::min(current_a, limit_a / static_cast<double>(std::max<std::ptrdiff_t>(1, cars)));
    }
    return current_a;
}

void EtrelCharger::offer() {
    for (const auto& connector : connectors_) {
        house_.point(connector.point).offer(effective_a(connector));
    }
}

Answer EtrelCharger::write(Port port, const Request& request, Moment now) {
    if (request.function != kWriteMultiple) {
        return tl::unexpected(kIllegalFunction);
    }
    const bool cluster = request.address >= kClusterLimit;
    const bool read_write = settings_.layout == topics::PortLayout::read_write;
    if (read_write && port == Port::first) {
        return tl::unexpected(kIllegalFunction);
    }
    if (!read_write && cluster != (port == Port::second)) {
        return tl::unexpected(kIllegalAddress);
    }
    return cluster ? write_cluster(request) : write_charger(request, now);
}

Answer EtrelCharger::write_cluster(const Request& request) {
    const int offset = request.address - kClusterLimit;
    if (!master_ || offset % 2 != 0 || request.count % 2 != 0 || offset + request.count > 6) {
        return tl::unexpected(kIllegalAddress);
    }
    auto limit_a = cluster_.limit_a.value_or(house::PerPhase{1000, 1000, 1000});
    for (std::size_t i = 0; i < request.count / 2U; ++i) {
        const double value_a = f32_of({request.values.at(2 * i), request.values.at(2 * i + 1)});
        if (!(value_a >= 6)) {
            return tl::unexpected(kIllegalValue);
        }
        limit_a.at(static_cast<std::size_t>(offset) / 2 + i) = value_a;
    }
    cluster_.limit_a = limit_a;
    return Words{};
}

Answer EtrelCharger::write_charger(const Request& request, Moment now) {
    if (request.address == kRestart && request.count == 1) {
        restarting_until_ = now + settings_.restart_time;
        for (auto& connector : connectors_) {
            connector.written.reset();
            connector.told_a = std::min(settings_.fallback_current_a, connector.max_current_a);
        }
        offer();
        return Words{};
    }
    if (request.address == kSetClock && request.count == 4) {
        return Words{};
    }
    for (auto& connector : connectors_) {
        const int base = connector.number == 2 ? kSecondConnector : 0;
        if (request.address >= base && request.address < base + kSecondConnector) {
            return command(connector, request, now);
        }
    }
    return tl::unexpected(kIllegalAddress);
}

Answer EtrelCharger::command(Connector& connector, const Request& request, Moment now) {
    const int address = request.address % kSecondConnector;
    const auto words = request.count;
    if (address == kStop && words == 1) {
        house_.point(connector.point).end_session();
        return Words{};
    }
    if (address == kPause && words == 1) {
        return tell(connector, 0, now);
    }
    if (address == kSetDeparture && words == 4) {
        connector.departure_s = i64_of(request.values);
        return Words{};
    }
    if (address == kSetCurrent && words == 2) {
        return tell(connector, f32_of(request.values), now);
    }
    if ((address == kCancelCurrent || address == kCancelPower) && words == 1) {
        return tell(connector, connector.max_current_a, now);
    }
    if (address == kSetPower && words == 2) {
        const double phases = static_cast<double>(house_.point(connector.point).rotation().phases());
        return tell(connector, f32_of(request.values) * 1000 / (230 * phases), now);
    }
    return tl::unexpected(kIllegalAddress);
}

Answer EtrelCharger::tell(Connector& connector, double current_a, Moment now) {
    if (current_a > connector.max_current_a) {
        return tl::unexpected(kSetpointTooHigh);
    }
    // NaN and what lies between pause and the least a car can draw.
    if (!(current_a >= house::kMinCurrentA) && current_a != 0) {
        return tl::unexpected(kIllegalValue);
    }
    if (faults().has(Fault::ignore_setpoint)) {
        return Words{};
    }
    connector.told_a = current_a;
    connector.written = now;
    offer();
    return Words{};
}

}  // namespace sunherd::simulator
