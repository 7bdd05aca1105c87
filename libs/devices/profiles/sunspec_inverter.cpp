#include "devices/profile.hpp"
#include "devices/sunspec_device.hpp"

#include <algorithm>

// Any PV inverter that speaks SunSpec: models 101…103 (integers with scale factors) and 111…113 (floats), the
// inputs from model 160. Source: github.com/sunspec/models; capture of a SolarEdge inverter in evcc's issue
// 10452; for Fronius' batteries callifo/fronius_modbus; reference page sunspec-modbus.
//
// Left out: apparent and reactive power, power factor, temperatures, events; the DC side where there is no
// model 160.
namespace sunherd::devices {

namespace {

using modbus::Type;
using sunspec::point;

std::vector<Point> integer_points() {
    using enum Quantity;
    constexpr std::uint16_t kCurrentSf = 6;
    constexpr std::uint16_t kVoltageSf = 13;
    return {
        point(3, Type::u16, current_l1_a, kCurrentSf),
        point(4, Type::u16, current_l2_a, kCurrentSf),
        point(5, Type::u16, current_l3_a, kCurrentSf),
        point(10, Type::u16, voltage_l1_v, kVoltageSf),
        point(11, Type::u16, voltage_l2_v, kVoltageSf),
        point(12, Type::u16, voltage_l3_v, kVoltageSf),
        point(14, Type::i16, power_w, 15),
        point(16, Type::u16, frequency_hz, 17),
        point(24, Type::acc32, energy_wh, 26),
        point(38, Type::u16, state_code),
    };
}
constexpr std::uint16_t kIntegerRegisters = 39;

std::vector<Point> float_points() {
    using enum Quantity;
    return {
        point(4, Type::f32, current_l1_a),  point(6, Type::f32, current_l2_a),
        point(8, Type::f32, current_l3_a),  point(16, Type::f32, voltage_l1_v),
        point(18, Type::f32, voltage_l2_v), point(20, Type::f32, voltage_l3_v),
        point(22, Type::f32, power_w),      point(24, Type::f32, frequency_hz),
        point(32, Type::f32, energy_wh),    point(48, Type::u16, state_code),
    };
}
constexpr std::uint16_t kFloatRegisters = 49;

// Model 160: scale factors first, then 20 registers for each input. One request holds five; scale factors
// change at run time and must come in the same request, so further inputs are left out.
constexpr int kInputs = 160;
constexpr std::uint16_t kInputCount = 8;
constexpr std::uint16_t kFirstInput = 10;
constexpr std::uint16_t kInputRegisters = 20;
constexpr int kMostInputs = 5;
constexpr double kHighestDcVoltageV = 2000;
constexpr double kHighestDcCurrentA = 1000;
constexpr double kHighestDcPowerW = 1e6;

/// Model 124. A Fronius with it and four inputs uses the third and fourth for the battery.
constexpr int kStorage = 124;
constexpr std::size_t kFroniusHybridInputs = 4;
constexpr std::size_t kFroniusPvInputs = 2;

std::vector<PvInput> decode_inputs(const sunspec::Model& model, const Registers& registers,
                                   int& implausible) {
    const auto count = registers.at(static_cast<std::uint16_t>(model.address + kInputCount), 1);
    const int inputs = count.empty() ? 0 : std::min<int>(count.front(), kMostInputs);
    const auto value = [&](std::uint16_t offset, std::uint16_t scale_factor,
                           double highest) -> std::optional<double> {
        const auto decoded =
            decode_value(point(offset, Type::u16, Quantity::power_w, scale_factor), registers, model.address);
        if (!decoded || *decoded <= highest) {
            return decoded;
        }
        ++implausible;
        return std::nullopt;
    };
    std::vector<PvInput> found;
    for (int i = 0; i < inputs; ++i) {
        const int at = kFirstInput + i * kInputRegisters;
        found.push_back({.id = i + 1,
                         .power_w = value(static_cast<std::uint16_t>(at + 11), 4, kHighestDcPowerW),
                         .voltage_v = value(static_cast<std::uint16_t>(at + 10), 3, kHighestDcVoltageV),
                         .current_a = value(static_cast<std::uint16_t>(at + 9), 2, kHighestDcCurrentA)});
    }
    return found;
}

/// The AC power of a hybrid contains its battery's: what the sun gives is the sum of the PV inputs.
void separate_battery(Reading& reading) {
    reading.pv_inputs.resize(kFroniusPvInputs);
    double sum_w = 0;
    for (const auto& input : reading.pv_inputs) {
        if (!input.power_w) {
            reading.values[Quantity::power_w].reset();
            return;
        }
        sum_w += *input.power_w;
    }
    reading.values[Quantity::power_w] = sum_w;
}

class InverterReader : public Reader {
  public:
    explicit InverterReader(modbus::ReadConnection& connection)
        : connection_(connection), finder_(connection, {101, 102, 103, 111, 112, 113}) {}

    modbus::Result<Reading> read() override {
        const auto device = finder_.device();
        if (!device) {
            return tl::unexpected(device.error());
        }
        Reading reading;
        if (auto done = read_main(**device, reading); !done) {
            if (sunspec::moved(done.error())) {
                finder_.forget();
            }
            return tl::unexpected(std::move(done.error()));
        }
        read_inputs(**device, reading);
        return reading;
    }

    modbus::Result<Identity> identify() override {
        finder_.forget();
        const auto device = finder_.device();
        return device ? modbus::Result<Identity>((*device)->identity) : tl::unexpected(device.error());
    }

  private:
    modbus::Result<void> read_main(const sunspec::Device& device, Reading& reading) {
        const bool is_float = device.main.id >= 111;
        const auto registers =
            sunspec::read_model(connection_, device.main, is_float ? kFloatRegisters : kIntegerRegisters);
        if (!registers) {
            return tl::unexpected(registers.error());
        }
        decode_points(is_float ? float_points() : integer_points(), *registers, device.main.address, reading);
        if (const auto& state = reading.values[Quantity::state_code]) {
            reading.inverter_state = sunspec_inverter_state(static_cast<int>(*state));
        }
        return {};
    }

    /// A failure leaves the inputs unknown; a hybrid's PV power then is unknown as well.
    void read_inputs(const sunspec::Device& device, Reading& reading) {
        const auto model = device.find(kInputs);
        if (!model) {
            return;
        }
        const auto registers =
            sunspec::read_model(connection_, *model, kFirstInput + kMostInputs * kInputRegisters);
        if (registers) {
            reading.pv_inputs = decode_inputs(*model, *registers, reading.implausible);
        }
        const bool storage =
            device.find(kStorage) && device.identity.vendor.value_or("").starts_with("Fronius");
        if (storage && (!registers || reading.pv_inputs.size() == kFroniusHybridInputs)) {
            separate_battery(reading);
        }
    }

    modbus::ReadConnection& connection_;
    sunspec::Finder finder_;
};

std::unique_ptr<Reader> make(modbus::ReadConnection& connection, const ReaderOptions&) {
    return std::make_unique<InverterReader>(connection);
}

std::vector<Proof> proofs() {
    using enum Quantity;
    return {
        {.what = "SolarEdge, three phases, as captured",
         .table = modbus::Table::holding,
         .memory = {{40000, {0x5375, 0x6E53, 1, 65, 0x536F, 0x6C61, 0x7245, 0x6467, 0x6500}},
                    {40020, {0x5345, 0x3130, 0x4B00}},
                    {40044, {0x342E, 0x3230}},
                    {40052, {0x3733, 0x3132}},
                    {40069, {103, 50}},
                    {40071, {0x0595, 0x01DC, 0x01DE, 0x01DA, 0xFFFE, 0x0F92, 0x0F98, 0x0F90, 0x08F9, 0x0900,
                             0x0905, 0xFFFF, 0x0CDC, 0x0000, 0x1384, 0xFFFE, 0x0CE2, 0x0000, 0xACCC, 0xFFFE,
                             0xD906, 0xFFFE, 0x0160, 0x73B4, 0x0000, 0x1122, 0xFFFD, 0x1DC2, 0xFFFF, 0x0D0E,
                             0x0000, 0x8000, 0x1074, 0x8000, 0x8000, 0xFFFE, 0x0004, 0x0000, 0xFFFF, 0xFFFF,
                             0xFFFF, 0xFFFF, 0x0000, 0x0000, 0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF, 0x0000, 0x0000}},
                    {40121, {0xFFFF, 0}}},
         .values = {{current_l1_a, 4.76},
                    {current_l2_a, 4.78},
                    {current_l3_a, 4.74},
                    {voltage_l1_v, 229.7},
                    {power_w, 3292},
                    {frequency_hz, 49.96},
                    {energy_wh, 23098292},
                    {state_code, 4}},
         .identity = {"SolarEdge", "SE10K", "7312", "4.20"}},
        {.what = "Fronius hybrid, float models: the battery's inputs aren't the sun's",
         .table = modbus::Table::holding,
         .memory = {{40000, {0x5375, 0x6E53, 1, 65, 0x4672, 0x6F6E, 0x6975, 0x7300}},
                    {40069, {113, 60}},
                    {40073, {0x7FC0, 0, 0x7FC0, 0, 0x7FC0, 0}},
                    {40091, {0x45CD, 0xE000, 0x4247, 0xE148}},
                    {40117, {4}},
                    {40131, {160, 88, 0xFFFE, 0xFFFF, 0xFFFF, 0, 0, 0, 4, 0}},
                    {40150, {500, 4000, 20000}},
                    {40170, {100, 4000, 4000}},
                    {40190, {100, 4000, 0}},
                    {40210, {100, 4000, 41880}},
                    {40221, {124, 24}},
                    {40247, {0xFFFF, 0}}},
         .values = {{power_w, 2400}, {current_l1_a, std::nullopt}, {frequency_hz, 49.97}, {state_code, 4}},
         .identity = {"Fronius", std::nullopt, std::nullopt, std::nullopt}},
        {.what = "asleep: not implemented is not 0, and a scale factor beyond all bounds is none",
         .table = modbus::Table::holding,
         .memory = {{0, {0x5375, 0x6E53, 101, 50}},
                    {4, {0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF, 0x8000, 0, 0, 0, 0xFFFF, 0, 0, 0xFFFF, 100, 11}},
                    {40, {2}},
                    {54, {0xFFFF, 0}}},
         .values = {{power_w, std::nullopt},
                    {current_l1_a, std::nullopt},
                    {voltage_l1_v, std::nullopt},
                    {state_code, 2}}},
    };
}

}  // namespace

std::optional<topics::InverterState> sunspec_inverter_state(int st) {
    using enum topics::InverterState;
    switch (st) {
        case 1:
            return off;
        case 2:
            return sleeping;
        case 3:
            return starting;
        case 4:
            return mppt;
        case 5:
            return throttled;
        case 6:
            return shutting_down;
        case 7:
            return fault;
        case 8:
            return standby;
        default:
            return std::nullopt;
    }
}

std::vector<Profile> sunspec_inverter_profiles() {
    return {{{"sunspec-inverter", Class::inverter, "any SunSpec inverter (models 101-103, 111-113, 160)"},
             make,
             proofs}};
}

}  // namespace sunherd::devices
