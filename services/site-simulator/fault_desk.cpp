#include "house/visits.hpp"
#include "simulated_site.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

/// What arrives on `simulator/fault`, done to the simulated site. `docs/simulator.md` has the table for
/// people.
namespace sunherd::simulator {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kHouse = "house";
/// The first four: load on all phases, or on one.
constexpr std::array kHouseFaults{"house_extra_w"sv, "house_extra_l1_w"sv, "house_extra_l2_w"sv,
                                  "house_extra_l3_w"sv, "pv_scale"sv};
constexpr double kMostExtraW = 1e6;
constexpr double kMostPvScale = 100;
constexpr std::string_view kOtherFaults = "online, plug, unplug, load_guard_power_cycled, none";
constexpr double kPluggedCarWantsKwh = 20;

std::string house_faults() {
    std::string text;
    for (const auto word : kHouseFaults) {
        text += std::string(word) + ", ";
    }
    return text + "none";
}

std::string known_faults() {
    std::string text;
    for (const auto& [fault, word] : enum_words(Fault{})) {
        text += std::string(word) + ", ";
    }
    return text + std::string(kOtherFaults) + "; of the device house: " + house_faults();
}

std::optional<Moment> end_of(const topics::SimulatorFault& fault, Moment now) {
    if (!fault.duration_s) {
        return std::nullopt;
    }
    const double seconds = std::clamp(*fault.duration_s, 0.0, 1e6);
    return now + std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000));
}

std::uint32_t address_of(const std::string& host) {
    std::uint32_t address = 0;
    std::size_t begin = 0;
    for (int part = 0; part < 4; ++part) {
        const auto end = std::min(host.find('.', begin), host.size());
        address = address << 8U |
                  (static_cast<std::uint32_t>(std::atoi(host.substr(begin, end - begin).c_str())) & 0xFFU);
        begin = std::min(end + 1, host.size());
    }
    return address;
}

std::string host_of(std::uint32_t address) {
    return std::to_string(address >> 24U) + "." + std::to_string(address >> 16U & 0xFFU) + "." +
           std::to_string(address >> 8U & 0xFFU) + "." + std::to_string(address & 0xFFU);
}

}  // namespace

tl::expected<void, std::string> SimulatedSite::apply(const topics::SimulatorFault& fault, Moment now) {
    if (fault.device == kHouse) {
        return apply_to_house(fault, now);
    }
    if (fault.device == "all" && fault.fault == "none") {
        end_house_faults();
        for (auto& device : devices_) {
            device->faults().end_all();
        }
        return {};
    }
    if (fault.fault == "online" && find(fault.device) == nullptr) {
        return bring_online(fault.device);
    }
    return apply_to_device(fault, now);
}

void SimulatedSite::end_house_faults() {
    house_fault_until_.reset();
    extra_w_ = {};
    house_.set_extra_w(extra_w_);
    house_.set_pv_scale(1);
}

tl::expected<void, std::string> SimulatedSite::apply_to_house(const topics::SimulatorFault& fault,
                                                              Moment now) {
    if (fault.fault == "none") {
        end_house_faults();
        return {};
    }
    const auto* const found = std::find(kHouseFaults.begin(), kHouseFaults.end(), fault.fault);
    const auto index = static_cast<std::size_t>(found - kHouseFaults.begin());
    if (found == kHouseFaults.end()) {
        return tl::unexpected("'" + fault.fault + "' is no fault of the house; known: " + house_faults());
    }
    const bool scale = index == kHouseFaults.size() - 1;
    if (!fault.value) {
        return tl::unexpected(fault.fault + " needs a value, " + (scale ? "a factor" : "W"));
    }
    house_fault_until_ = end_of(fault, now);
    if (scale) {
        house_.set_pv_scale(std::min(*fault.value, kMostPvScale));
        return {};
    }
    const double extra_w = std::clamp(*fault.value, 0.0, kMostExtraW);
    if (index == 0) {
        extra_w_ = house::evenly(extra_w);
    } else {
        extra_w_.at(index - 1) = extra_w;
    }
    house_.set_extra_w(extra_w_);
    return {};
}

tl::expected<void, std::string> SimulatedSite::apply_to_device(const topics::SimulatorFault& fault,
                                                               Moment now) {
    auto* device = find(fault.device);
    if (device == nullptr) {
        return tl::unexpected("no simulated device '" + fault.device +
                              "'; known: the devices and EVSEs of the site " + "file, and house");
    }
    if (fault.fault == "none") {
        device->faults().end_all();
        return {};
    }
    if (fault.fault == "online") {
        device->faults().end(Fault::offline);
        return {};
    }
    if (fault.fault == "plug" || fault.fault == "unplug") {
        return apply_to_car(fault);
    }
    auto* charger = dynamic_cast<EtrelCharger*>(device);
    const bool master = charger != nullptr && charger->is_master();
    if (fault.fault == "load_guard_power_cycled" && master) {
        charger->power_cycle_load_guard(now);
        return {};
    }
    const auto kind = topics::from_word<Fault>(fault.fault);
    if (!kind) {
        return tl::unexpected("'" + fault.fault + "' is no fault of " + fault.device +
                              "; known: " + known_faults());
    }
    if (*kind == Fault::load_guard_dead && !master) {
        return tl::unexpected(fault.device + " has no Load Guard; only the master EVSE has one");
    }
    if (fault.value.value_or(0) < 0) {
        return tl::unexpected(fault.fault + " wants a value of 0 or more");
    }
    device->faults().start(*kind, fault.value, end_of(fault, now));
    return {};
}

tl::expected<void, std::string> SimulatedSite::apply_to_car(const topics::SimulatorFault& fault) {
    const auto point = point_of(fault.device);
    if (!point) {
        return tl::unexpected(fault.device + " is no EVSE; a car can't be at it");
    }
    if (fault.fault == "unplug") {
        house_.point(*point).unplug();
    } else {
        const double wanted_wh = std::clamp(fault.value.value_or(kPluggedCarWantsKwh), 0.1, 200.0) * 1000;
        house_.point(*point).plug(house::car_wanting(wanted_wh, house::car_model(*point)));
    }
    house_.refresh();
    return {};
}

/// An EVSE that is not in the site file, at the first free address of the range where such are looked for.
tl::expected<void, std::string> SimulatedSite::bring_online(const std::string& id) {
    if (!site_.discovery) {
        return tl::unexpected(
            id + " is not in the site file, and without discovery in it nobody would look for one");
    }
    const auto& discovery = *site_.discovery;
    site::Evse evse;
    evse.id = id;
    evse.profile = "etrel-inch";
    evse.read_port = discovery.read_port;
    evse.write_port = discovery.write_port;
    evse.max_current_a = discovery.max_current_a;
    for (auto address = address_of(discovery.first_host); address <= address_of(discovery.last_host);
         ++address) {
        evse.host = host_of(address);
        const bool taken = std::any_of(sockets_.begin(), sockets_.end(),
                                       [&](const Socket& socket) { return socket.host == evse.host; });
        if (!taken) {
            add_evse(evse, {});
            return {};
        }
    }
    return tl::unexpected("no address is left between " + discovery.first_host + " and " +
                          discovery.last_host);
}

bool SimulatedSite::expire(Moment now) {
    bool ended = false;
    for (auto& device : devices_) {
        ended = device->faults().expire(now) || ended;
    }
    if (house_fault_until_ && now >= *house_fault_until_) {
        end_house_faults();
        ended = true;
    }
    return ended;
}

}  // namespace sunherd::simulator
