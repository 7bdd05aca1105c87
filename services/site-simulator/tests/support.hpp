#pragma once

#include "house/built_in_day.hpp"
#include "simulated_site.hpp"

#include <catch2/catch.hpp>

#include <bit>
#include <cmath>
#include <initializer_list>
#include <memory>

namespace sunherd::simulator {

/// A house without load and sun, so that what flows is known.
class StillHouse : public house::DemandSource {
  public:
    explicit StillHouse(const house::Demand& demand) : demand_(demand) {}
    house::Demand at(topics::Timestamp) const override { return demand_; }

  private:
    house::Demand demand_;
};

inline site::Evse evse(const std::string& id, const std::string& host, bool master = false) {
    site::Evse evse;
    evse.id = id;
    evse.profile = "etrel-inch";
    evse.host = host;
    evse.read_port = 1502;
    evse.write_port = 1503;
    evse.master = master;
    return evse;
}

inline site::Device device(const std::string& id, const std::string& profile, site::Role role,
                           const std::string& host) {
    site::Device device;
    device.id = id;
    device.profile = profile;
    device.role = role;
    device.endpoint.host = host;
    device.endpoint.port = 1502;
    return device;
}

/// An Etrel master with a Load Guard and a follower, an inverter, a battery, a heat pump's meter.
inline site::Site small_site() {
    site::Site site;
    site.id = "home";
    site.grid.main_fuse_a = 25;
    site.evses = {evse("garage", "127.0.7.1", true), evse("left", "127.0.7.2")};
    site.devices = {device("roof", "sunspec-inverter", site::Role::pv, "127.0.7.10"),
                    device("cellar", "varta", site::Role::battery, "127.0.7.11"),
                    device("heatpump", "eastron-sdm630", site::Role::meter, "127.0.7.12")};
    site::Discovery discovery;
    discovery.first_host = "127.0.7.1";
    discovery.last_host = "127.0.7.4";
    discovery.read_port = 1502;
    discovery.write_port = 1503;
    site.discovery = discovery;
    return site;
}

/// A simulated site with a clock of its own.
class Rig {
  public:
    explicit Rig(site::Site site, const SiteSettings& settings = {},
                 const house::Demand& demand = {{900, 600, 300}, 0})
        : site_(std::move(site)), sim_(site_, settings, std::make_shared<StillHouse>(demand), {}) {}

    SimulatedSite& sim() { return sim_; }
    Moment now() const { return now_; }

    void run(double seconds) {
        for (int i = 0; i < std::lround(seconds * 20); ++i) {
            now_ += std::chrono::milliseconds(50);
            sim_.advance(0.05, now_);
            sim_.expire(now_);
        }
    }

    SimulatedDevice& device(const std::string& host) const {
        for (const auto& socket : sim_.sockets()) {
            if (socket.host == host) {
                return *socket.device;
            }
        }
        throw std::runtime_error("no socket at " + host);
    }

    Answer ask(const std::string& host, Port port, const Request& request) {
        return device(host).answer(port, request, now_);
    }
    Answer read(const std::string& host, std::uint8_t function, int address, int count,
                Port port = Port::first) {
        return ask(
            host, port,
            {1, 1, function, static_cast<std::uint16_t>(address), static_cast<std::uint16_t>(count), {}});
    }
    Answer write(const std::string& host, int address, const Words& values, Port port = Port::second) {
        return ask(host, port,
                   {1, 1, kWriteMultiple, static_cast<std::uint16_t>(address),
                    static_cast<std::uint16_t>(values.size()), values});
    }
    double f32(const std::string& host, int address) {
        const auto words = read(host, kReadInput, address, 2).value();
        const auto bits = static_cast<std::uint32_t>(words[0]) << 16U | words[1];
        return static_cast<double>(std::bit_cast<float>(bits));
    }
    tl::expected<void, std::string> fault(const std::string& device, const std::string& fault,
                                          std::optional<double> value = std::nullopt,
                                          std::optional<double> duration_s = std::nullopt) {
        return sim_.apply({device, fault, duration_s, value}, now_);
    }

  private:
    site::Site site_;
    SimulatedSite sim_;
    Moment now_{};
};

inline Words float_words(float value) {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    return {static_cast<std::uint16_t>(bits >> 16U), static_cast<std::uint16_t>(bits & 0xFFFFU)};
}

}  // namespace sunherd::simulator
