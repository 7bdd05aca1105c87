#pragma once

#include "devices/etrel_charger.hpp"
#include "devices/sunspec.hpp"
#include "house/house.hpp"
#include "simulated_device.hpp"
#include "site/site.hpp"
#include "topics/messages.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace sunherd::simulator {

/// Where a device is to answer.
struct Socket {
    SimulatedDevice* device = nullptr;
    Port port = Port::first;
    std::string host;
    std::uint16_t tcp_port = 502;
    int unit = 1;
    bool single_client = false;
};

struct SiteSettings {
    EtrelSettings etrel;  ///< its layout where the site file names none
    SunSpecNumbers sunspec = SunSpecNumbers::integers;
    double speed = 1;
    std::uint64_t seed = 1;
    topics::Timestamp start{};
    std::vector<std::string> hidden;  ///< ids of EVSEs that are not there yet
};

/// The house and all devices of a site file, without sockets. One thread.
class SimulatedSite {
  public:
    /// visits: of each EVSE in the order of the site file.
    SimulatedSite(const site::Site& site, const SiteSettings& settings,
                  std::shared_ptr<const house::DemandSource> demand,
                  std::vector<std::vector<house::Visit>> visits);

    /// dt_s: real seconds since the last call.
    void advance(double dt_s, Moment now);

    /// Does what a message on `simulator/fault` asks; otherwise says why not and what is known.
    tl::expected<void, std::string> apply(const topics::SimulatorFault& fault, Moment now);
    /// Ends what is over; true if there was something.
    bool expire(Moment now);

    /// Changes when an EVSE comes into being.
    const std::vector<Socket>& sockets() const { return sockets_; }
    /// Devices of the site file that can't be played, with the reason.
    const std::vector<std::string>& left_out() const { return left_out_; }
    topics::SimulatorState state() const;
    /// What the cars say of themselves, as by their makers' clouds: by EVSE.
    std::map<std::string, topics::VehicleState> vehicles() const;
    const house::House& house() const { return house_; }

  private:
    void add_evse(const site::Evse& evse, std::vector<house::Visit> visits);
    void add_device(const site::Device& device);
    void add_socket(const Socket& socket);
    std::unique_ptr<SimulatedDevice> make_device(const site::Device& device);
    tl::expected<void, std::string> bring_online(const std::string& id);

    SimulatedDevice* find(const std::string& id) const;
    std::optional<std::size_t> point_of(const std::string& id) const;
    tl::expected<void, std::string> apply_to_house(const topics::SimulatorFault& fault, Moment now);
    tl::expected<void, std::string> apply_to_device(const topics::SimulatorFault& fault, Moment now);
    tl::expected<void, std::string> apply_to_car(const topics::SimulatorFault& fault);
    void end_house_faults();

    const site::Site& site_;
    SiteSettings settings_;
    house::House house_;
    EtrelCluster cluster_;
    std::vector<std::unique_ptr<SimulatedDevice>> devices_;
    std::vector<std::pair<std::string, EtrelCharger*>>
        chargers_;  ///< by EVSE id, in the order of house points
    std::vector<Socket> sockets_;
    std::vector<std::string> left_out_;
    house::PerPhase extra_w_{};
    std::optional<Moment> house_fault_until_;
};

}  // namespace sunherd::simulator
