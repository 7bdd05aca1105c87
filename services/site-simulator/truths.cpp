#include "truths.hpp"

#include <algorithm>
#include <set>

namespace sunherd::simulator {
namespace {

/// Of the house, behind a meter that nothing else is known of.
constexpr double kPartOfHouse = 0.3;

MeterTruth with_power(const house::House& house, const house::PerPhase& power_w) {
    MeterTruth truth;
    truth.power_w = power_w;
    truth.voltage_v = house.flows().voltage_v;
    truth.frequency_hz = house.flows().frequency_hz;
    for (std::size_t phase = 0; phase < 3; ++phase) {
        truth.current_a.at(phase) = power_w.at(phase) / truth.voltage_v.at(phase);
    }
    return truth;
}

house::PerPhase scaled(house::PerPhase values, double factor) {
    for (auto& value : values) {
        value *= factor;
    }
    return values;
}

MeterTruth inverted(MeterTruth truth) {
    truth.power_w = scaled(truth.power_w, -1);
    truth.current_a = scaled(truth.current_a, -1);
    std::swap(truth.imported_wh, truth.exported_wh);
    return truth;
}

MeterTruth grid(const house::House& house) {
    auto truth = with_power(house, house.flows().grid_w);
    truth.imported_wh = house.energies().imported_wh;
    truth.exported_wh = house.energies().exported_wh;
    return truth;
}

MeterTruth pv(const house::House& house) {
    auto truth = with_power(house, house.flows().pv_w);
    truth.imported_wh = house.energies().pv_wh;
    return truth;
}

MeterTruth batteries(const house::House& house) {
    auto truth = with_power(house, house.flows().battery_w);
    for (std::size_t i = 0; i < house.batteries(); ++i) {
        truth.imported_wh += house.battery(i).discharged_wh();
        truth.exported_wh += house.battery(i).charged_wh();
    }
    return truth;
}

MeterTruth part_of_house(const house::House& house) {
    auto truth = with_power(house, scaled(house.flows().house_w, kPartOfHouse));
    truth.imported_wh = house.energies().house_wh * kPartOfHouse;
    return truth;
}

MeterTruth evses(const house::House& house, const std::vector<std::string>& ids) {
    house::PerPhase power_w{};
    double energy_wh = 0;
    for (std::size_t i = 0; i < house.points(); ++i) {
        const auto& point = house.point(i);
        if (std::find(ids.begin(), ids.end(), point.id()) == ids.end()) {
            continue;
        }
        const auto point_w = point.power_w(house.flows().voltage_v);
        for (std::size_t phase = 0; phase < 3; ++phase) {
            power_w.at(phase) += point_w.at(phase);
        }
        energy_wh += point.total_energy_wh();
    }
    auto truth = with_power(house, power_w);
    truth.imported_wh = energy_wh;
    return truth;
}

/// EVSEs behind the fuse that this device measures; nullopt if it measures none.
std::optional<std::vector<std::string>> metered_evses(const site::Site& site, const std::string& device) {
    std::set<std::string> below;
    for (std::size_t before = below.size() + 1; before != below.size();) {
        before = below.size();
        for (const auto& circuit : site.circuits) {
            if (circuit.meter == device || (circuit.parent && below.count(*circuit.parent) > 0)) {
                below.insert(circuit.id);
            }
        }
    }
    if (below.empty()) {
        return std::nullopt;
    }
    std::vector<std::string> ids;
    for (const auto& evse : site.evses) {
        if (evse.circuit && below.count(*evse.circuit) > 0) {
            ids.push_back(evse.id);
        }
    }
    return ids;
}

}  // namespace

MeterSource meter_source(const site::Site& site, const site::Device& device, const house::House& house) {
    MeterSource source;
    if (device.role == site::Role::grid) {
        source = [&house] { return grid(house); };
    } else if (device.role == site::Role::pv) {
        source = [&house] { return pv(house); };
    } else if (device.role == site::Role::battery) {
        source = [&house] { return batteries(house); };
    } else if (const auto ids = metered_evses(site, device.id)) {
        source = [&house, ids = *ids] { return evses(house, ids); };
    } else {
        source = [&house] { return part_of_house(house); };
    }
    if (device.invert) {
        return [source = std::move(source)] { return inverted(source()); };
    }
    return source;
}

InverterSource inverter_source(const house::House& house, double share) {
    return [&house, share] {
        return InverterTruth{house::sum(house.flows().pv_w) * share, house.flows().voltage_v,
                             house.flows().frequency_hz, house.energies().pv_wh * share};
    };
}

}  // namespace sunherd::simulator
