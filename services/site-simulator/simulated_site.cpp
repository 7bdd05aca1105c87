#include "simulated_site.hpp"

#include "devices/meters.hpp"
#include "devices/varta.hpp"
#include "truths.hpp"

#include <algorithm>
#include <cmath>

namespace sunherd::simulator {
namespace {

/// What the battery of the house starts with: an evening's rest and a morning's sun.
constexpr double kBatteryStartPct = 90;
constexpr double kLongestStepS = 0.1;
/// After a pause of the whole process (debugger, suspended machine) not every lost moment is played again.
constexpr double kLongestCatchUpS = 30;

house::House::Config house_config(const site::Site& site, const SiteSettings& settings) {
    return {site.grid.nominal_voltage_v, site.grid.main_fuse_a, settings.speed, settings.start,
            settings.seed};
}

house::PhaseRotation rotation_of(const site::Evse& evse) {
    const auto text =
        std::string_view(evse.phase_rotation).substr(0, 2 * static_cast<std::size_t>(evse.phases));
    return house::PhaseRotation::parse(text).value_or(house::PhaseRotation());
}

double pv_share(const site::Site& site) {
    const auto count = std::count_if(site.devices.begin(), site.devices.end(),
                                     [](const auto& device) { return device.profile == "sunspec-inverter"; });
    return 1 / static_cast<double>(std::max<std::ptrdiff_t>(1, count));
}

/// Thousandths are enough for people.
double readable(double value) {
    return std::round(value * 1000) / 1000;
}

}  // namespace

SimulatedSite::SimulatedSite(const site::Site& site, const SiteSettings& settings,
                             std::shared_ptr<const house::DemandSource> demand,
                             std::vector<std::vector<house::Visit>> visits)
    : site_(site), settings_(settings), house_(house_config(site, settings), std::move(demand)) {
    visits.resize(site.evses.size());
    for (std::size_t i = 0; i < site.evses.size(); ++i) {
        add_evse(site.evses[i], std::move(visits[i]));
    }
    for (const auto& device : site.devices) {
        add_device(device);
    }
    for (const auto& id : settings.hidden) {
        if (auto* device = find(id)) {
            device->faults().start(Fault::offline, std::nullopt, std::nullopt);
        }
    }
}

void SimulatedSite::add_socket(const Socket& socket) {
    const bool taken = std::any_of(sockets_.begin(), sockets_.end(), [&](const Socket& other) {
        return other.host == socket.host && other.tcp_port == socket.tcp_port;
    });
    if (!taken) {
        sockets_.push_back(socket);
    }
}

void SimulatedSite::add_evse(const site::Evse& evse, std::vector<house::Visit> visits) {
    if (evse.profile != "etrel-inch") {
        left_out_.push_back(evse.id + ": no simulated EVSE with profile " + evse.profile +
                            ", known: etrel-inch");
        return;
    }
    EtrelCharger* charger = nullptr;
    for (const auto& socket : sockets_) {
        if (socket.host == evse.host && socket.tcp_port == evse.read_port && evse.connector == 2) {
            charger = dynamic_cast<EtrelCharger*>(socket.device);
        }
    }
    const auto point = house_.add_charge_point(evse.id, rotation_of(evse), std::move(visits));
    if (charger == nullptr) {
        EtrelSettings etrel = settings_.etrel;
        etrel.layout = evse.ports.value_or(etrel.layout);
        auto made = std::make_unique<EtrelCharger>(evse.id, "1801" + std::to_string(1000 + point), etrel,
                                                   house_, cluster_);
        charger = made.get();
        devices_.push_back(std::move(made));
        add_socket({charger, Port::first, evse.host, evse.read_port, evse.unit, evse.single_client});
        add_socket({charger, Port::second, evse.host, evse.write_port, evse.unit, evse.single_client});
    }
    charger->add_connector(evse.connector, point, evse.max_current_a);
    if (evse.master) {
        charger->make_master();
    }
    chargers_.emplace_back(evse.id, charger);
}

std::unique_ptr<SimulatedDevice> SimulatedSite::make_device(const site::Device& device) {
    if (device.profile == "sunspec-inverter") {
        return make_sunspec_inverter(device.id, settings_.sunspec, inverter_source(house_, pv_share(site_)));
    }
    if (device.profile == "varta") {
        const auto battery = house_.add_battery({}, kBatteryStartPct);
        return std::make_unique<Varta>(device.id, house_, battery);
    }
    return make_meter(device.profile, device.id, meter_source(site_, device, house_));
}

void SimulatedSite::add_device(const site::Device& device) {
    if (device.profile == "etrel-load-guard") {
        return;  // its registers are those of the master EVSE, at the same address
    }
    auto made = make_device(device);
    if (!made) {
        left_out_.push_back(device.id + ": no simulated device with profile " + device.profile);
        return;
    }
    const auto& at = device.endpoint;
    add_socket({made.get(), Port::first, at.host, at.port, at.unit, at.single_client});
    devices_.push_back(std::move(made));
}

void SimulatedSite::advance(double dt_s, Moment now) {
    for (auto& device : devices_) {
        device->tick(now);
    }
    const double played_s = std::min(dt_s, kLongestCatchUpS);
    const auto steps = std::max(1L, std::lround(std::ceil(played_s / kLongestStepS)));
    for (long i = 0; i < steps && played_s > 0; ++i) {
        house_.step(played_s / static_cast<double>(steps));
    }
}

SimulatedDevice* SimulatedSite::find(const std::string& id) const {
    for (const auto& [evse, charger] : chargers_) {
        if (evse == id) {
            return charger;
        }
    }
    for (const auto& device : devices_) {
        if (device->id() == id) {
            return device.get();
        }
    }
    return nullptr;
}

std::optional<std::size_t> SimulatedSite::point_of(const std::string& id) const {
    for (std::size_t i = 0; i < house_.points(); ++i) {
        if (house_.point(i).id() == id) {
            return i;
        }
    }
    return std::nullopt;
}

std::map<std::string, topics::VehicleState> SimulatedSite::vehicles() const {
    std::map<std::string, topics::VehicleState> all;
    for (std::size_t i = 0; i < house_.points(); ++i) {
        const auto& point = house_.point(i);
        auto& vehicle = all[point.id()];
        vehicle.plugged = point.car().has_value();
        if (point.car()) {
            const auto current_a = point.current_a();
            vehicle.evse = point.id();
            vehicle.soc_pct = std::floor(point.car()->soc_pct());
            vehicle.capacity_wh = point.car()->model().capacity_wh;
            vehicle.charging = std::ranges::any_of(current_a, [](double one_a) { return one_a > 0; });
        }
    }
    return all;
}

topics::SimulatorState SimulatedSite::state() const {
    const auto& flows = house_.flows();
    topics::SimulatorState state;
    state.trace_time = house_.trace_time();
    for (int phase = 0; phase < 3; ++phase) {
        state.grid_current_a[phase] = readable(flows.grid_current_a.at(static_cast<std::size_t>(phase)));
    }
    state.grid_w = readable(house::sum(flows.grid_w));
    state.house_w = readable(house::sum(flows.house_w));
    state.pv_w = readable(house::sum(flows.pv_w));
    state.battery_w = readable(house::sum(flows.battery_w));
    if (house_.batteries() > 0) {
        state.battery_soc_pct = readable(house_.battery(0).soc_pct());
    }
    state.fuse_heat_pct = readable(house_.fuse_heat_pct());
    for (std::size_t i = 0; i < house_.points(); ++i) {
        const auto& point = house_.point(i);
        const auto current_a = point.current_a();
        topics::SimulatedCar car;
        car.plugged = point.car().has_value();
        if (point.car()) {
            car.soc_pct = readable(point.car()->soc_pct());
        }
        for (std::size_t own = 0; own < point.rotation().phases(); ++own) {
            const auto phase = point.rotation().site_phase(own);
            car.current_a[static_cast<int>(phase)] = readable(current_a.at(phase));
        }
        car.told_a = readable(chargers_.at(i).second->told_a(i).value_or(0));
        state.evses.emplace(point.id(), car);
    }
    return state;
}

}  // namespace sunherd::simulator
