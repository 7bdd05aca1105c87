#include "devices/plausible.hpp"

namespace sunherd::devices {

namespace {

struct Range {
    double lowest;
    double highest;
};

constexpr Range kVoltage{80, 300};
constexpr Range kFrequency{40, 70};
constexpr Range kCurrent{-1000, 1000};
constexpr Range kCurrentLimit{0, 1000};
constexpr Range kPower{-1e6, 1e6};
constexpr Range kPowerLimit{0, 1e6};
constexpr Range kEnergy{0, 1e12};
constexpr Range kPercent{0, 100};
constexpr Range kCode{0, 65535};
constexpr Range kFlag{0, 1};
constexpr Range kConnectors{1, 2};
constexpr Range kDuration{0, 1e9};

/// Below this an open wire only picks up its neighbours.
constexpr double kUnconnectedBelowV = 10;

constexpr Range range(Quantity quantity) {
    using enum Quantity;
    switch (quantity) {
        case power_w:
        case power_l1_w:
        case power_l2_w:
        case power_l3_w:
            return kPower;
        case current_l1_a:
        case current_l2_a:
        case current_l3_a:
            return kCurrent;
        case voltage_l1_v:
        case voltage_l2_v:
        case voltage_l3_v:
            return kVoltage;
        case frequency_hz:
            return kFrequency;
        case imported_wh:
        case exported_wh:
        case energy_wh:
        case capacity_wh:
        case charged_wh:
        case discharged_wh:
        case session_energy_wh:
            return kEnergy;
        case soc_pct:
            return kPercent;
        case max_charge_w:
        case max_discharge_w:
            return kPowerLimit;
        case target_current_a:
        case vehicle_max_current_a:
        case installed_max_current_a:
            return kCurrentLimit;
        case session_duration_s:
            return kDuration;
        case connector_count:
            return kConnectors;
        case load_guard_installed:
        case load_guard_connected:
            return kFlag;
        case state_code:
        case vehicle_phases_code:
        case phases_code:
        case count_:
            return kCode;
    }
    return kCode;
}

bool is_voltage(Quantity quantity) {
    return quantity == Quantity::voltage_l1_v || quantity == Quantity::voltage_l2_v ||
           quantity == Quantity::voltage_l3_v;
}

}  // namespace

Verdict judge(Quantity quantity, double value) {
    const bool nothing_there = (is_voltage(quantity) && value >= 0 && value < kUnconnectedBelowV) ||
                               (quantity == Quantity::frequency_hz && value == 0);
    if (nothing_there) {
        return Verdict::absent;
    }
    const auto [lowest, highest] = range(quantity);
    return value >= lowest && value <= highest ? Verdict::good : Verdict::implausible;
}

bool is_measured(Quantity quantity) {
    using enum Quantity;
    return quantity <= frequency_hz;
}

}  // namespace sunherd::devices
