#include "devices/etrel_charger.hpp"

/// The input registers of an Etrel charger: what it says. What it can be told is in etrel_charger.cpp.
namespace sunherd::simulator {
namespace {

using house::Charging;

constexpr int kSecondConnector = 100;

int status_code(Charging charging) {
    switch (charging) {
        case Charging::no_car:
            return 1;
        case Charging::starting:
            return 3;
        case Charging::charging:
            return 4;
        case Charging::paused_by_car:
            return 5;
        case Charging::paused_by_evse:
            return 6;
        case Charging::ended:
            return 7;
    }
    return 0;
}

/// 0 three, 1 single on L1, 5 two, 4 unknown.
int phases_code(std::size_t phases) {
    constexpr int kCodes[]{4, 1, 5, 0};
    return kCodes[phases];
}

}  // namespace

bool EtrelCharger::load_guard_answers() const {
    return !load_guard_off_until_ && !faults().has(Fault::load_guard_dead);
}

Answer EtrelCharger::read(Port port, const Request& request, const Distortion& distortion) {
    const bool read_write = settings_.layout == topics::PortLayout::read_write;
    if (request.function != kReadInput) {
        return tl::unexpected(kIllegalFunction);
    }
    if (read_write && port == Port::second) {
        return tl::unexpected(kIllegalAddress);  // write-only
    }
    Registers registers(distortion);
    if (port == Port::first) {
        for (const auto& connector : connectors_) {
            put_connector(registers, connector);
        }
        put_identity(registers);
    }
    if (read_write || port == Port::second) {
        put_load_guard(registers);
        put_cluster(registers);
    }
    return registers.read(request.address, request.count);
}

void EtrelCharger::put_connector(Registers& registers, const Connector& connector) const {
    const int base = connector.number == 2 ? kSecondConnector : 0;
    const auto& point = house_.point(connector.point);
    const auto& volts = house_.flows().voltage_v;
    const auto current_a = point.current_a();
    registers.block(static_cast<std::uint16_t>(base), 48);
    registers.word(base, status_code(point.charging()));
    const bool draws = point.car() && point.car()->current_a() > 0;
    registers.word(base + 1, phases_code(draws ? point.car_phases() : 0));
    registers.f32(base + 2, point.car() ? point.car()->model().max_current_a : 0);
    registers.f32(base + 4, effective_a(connector));
    registers.f32(base + 6, house_.flows().frequency_hz);
    double total_kw = 0;
    for (std::size_t own = 0; own < point.rotation().phases(); ++own) {
        const int offset = 2 * static_cast<int>(own);
        const auto phase = point.rotation().site_phase(own);
        const double kw = current_a.at(phase) * volts.at(phase) / 1000;
        total_kw += kw;
        registers.f32(base + 8 + offset, volts.at(phase));
        registers.f32(base + 14 + offset, current_a.at(phase));
        registers.f32(base + 20 + offset, kw);
    }
    registers.f32(base + 26, total_kw);
    registers.f32(base + 28, draws ? 0.99 : 0);
    registers.f32(base + 30, point.car() ? point.session_energy_wh() / 1000 : 0);
    registers.i64(base + 32, point.car() ? static_cast<std::int64_t>(point.session_s()) : 0);
    registers.i64(base + 36, connector.departure_s);
    registers.f32(base + 44, connector.max_current_a * 0.69);
}

void EtrelCharger::put_identity(Registers& registers) const {
    registers.block(990, 40);
    registers.text(990, 10, serial_);
    registers.text(1000, 10, "INCH-SIM");
    registers.text(1010, 5, "1.0");
    registers.text(1015, 5, "5.4.1");
    // Low word first, unlike everything else: as recorded from a real one.
    registers.u32_low_word_first(1020, static_cast<std::uint32_t>(connectors_.size()));
    for (const auto& connector : connectors_) {
        const int base = connector.number == 2 ? kSecondConnector : 0;
        if (base > 0) {
            registers.block(1120, 10);
        }
        const auto& rotation = house_.point(connector.point).rotation();
        registers.word(1022 + base, 2);
        registers.word(1023 + base, phases_code(rotation.phases()));
        for (std::size_t own = 0; own < rotation.phases(); ++own) {
            registers.word(1024 + base + static_cast<int>(own),
                           static_cast<int>(rotation.site_phase(own)) + 1);
        }
        registers.fact_f32(1028 + base, connector.max_current_a);
    }
}

void EtrelCharger::put_load_guard(Registers& registers) const {
    constexpr int kFirst = 2000;
    constexpr int kCount = 26;
    registers.block(kFirst, kCount);
    registers.block(3000, 1);
    registers.word(3000, master_ ? 1 : 0);
    const bool keeps_last = faults().value_or(Fault::load_guard_dead, 0) > 0;
    if (!master_ || (!load_guard_answers() && !keeps_last)) {
        return;
    }
    if (!load_guard_answers() && !frozen_load_guard_.empty()) {
        for (int i = 0; i < kCount; ++i) {
            registers.word(kFirst + i, frozen_load_guard_.at(static_cast<std::size_t>(i)));
        }
        return;
    }
    const auto& flows = house_.flows();
    registers.word(kFirst, 1);
    registers.f32(2002, flows.frequency_hz);
    for (std::size_t phase = 0; phase < 3; ++phase) {
        const int offset = 2 * static_cast<int>(phase);
        registers.f32(2004 + offset, flows.voltage_v.at(phase));
        registers.f32(2010 + offset, flows.grid_current_a.at(phase));
        registers.f32(2016 + offset, flows.grid_w.at(phase) / 1000);
    }
    registers.f32(2022, house::sum(flows.grid_w) / 1000);
    registers.f32(2024, 0.98);
    frozen_load_guard_ = registers.words(kFirst, kCount);
}

void EtrelCharger::put_cluster(Registers& registers) const {
    registers.block(2100, 14);
    if (!master_) {
        return;
    }
    house::PerPhase current_a{};
    house::PerPhase power_w{};
    for (const auto index : cluster_.points) {
        const auto point_a = house_.point(index).current_a();
        const auto point_w = house_.point(index).power_w(house_.flows().voltage_v);
        for (std::size_t phase = 0; phase < 3; ++phase) {
            current_a.at(phase) += point_a.at(phase);
            power_w.at(phase) += point_w.at(phase);
        }
    }
    for (std::size_t phase = 0; phase < 3; ++phase) {
        registers.f32(2100 + 2 * static_cast<int>(phase), current_a.at(phase));
        registers.f32(2106 + 2 * static_cast<int>(phase), power_w.at(phase) / 1000);
    }
    registers.f32(2112, house::sum(power_w) / 1000);
}

}  // namespace sunherd::simulator
