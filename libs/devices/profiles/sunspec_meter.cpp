#include "devices/profile.hpp"
#include "devices/sunspec_device.hpp"

// Any meter that speaks SunSpec: models 201…204 (integers with scale factors) and 211…214 (floats). Its own
// unit (at Fronius) or a sub-device behind the inverter's (at SolarEdge). Source: github.com/sunspec/models;
// for SolarEdge's sign evcc's solaredge-hybrid.yaml; reference page sunspec-modbus.
//
// Left out: apparent and reactive values, power factors, phase-to-phase voltages, energies per phase.
namespace sunherd::devices {

namespace {

using modbus::Type;
using sunspec::point;

std::vector<Point> integer_points() {
    using enum Quantity;
    constexpr std::uint16_t kCurrentSf = 6;
    constexpr std::uint16_t kVoltageSf = 15;
    constexpr std::uint16_t kFrequencySf = 17;
    constexpr std::uint16_t kPowerSf = 22;
    constexpr std::uint16_t kEnergySf = 54;
    return {
        point(3, Type::i16, current_l1_a, kCurrentSf),    point(4, Type::i16, current_l2_a, kCurrentSf),
        point(5, Type::i16, current_l3_a, kCurrentSf),    point(8, Type::i16, voltage_l1_v, kVoltageSf),
        point(9, Type::i16, voltage_l2_v, kVoltageSf),    point(10, Type::i16, voltage_l3_v, kVoltageSf),
        point(16, Type::i16, frequency_hz, kFrequencySf), point(18, Type::i16, power_w, kPowerSf),
        point(19, Type::i16, power_l1_w, kPowerSf),       point(20, Type::i16, power_l2_w, kPowerSf),
        point(21, Type::i16, power_l3_w, kPowerSf),       point(38, Type::acc32, exported_wh, kEnergySf),
        point(46, Type::acc32, imported_wh, kEnergySf),
    };
}
constexpr std::uint16_t kIntegerRegisters = 55;

std::vector<Point> float_points() {
    using enum Quantity;
    return {
        point(4, Type::f32, current_l1_a),  point(6, Type::f32, current_l2_a),
        point(8, Type::f32, current_l3_a),  point(12, Type::f32, voltage_l1_v),
        point(14, Type::f32, voltage_l2_v), point(16, Type::f32, voltage_l3_v),
        point(26, Type::f32, frequency_hz), point(28, Type::f32, power_w),
        point(30, Type::f32, power_l1_w),   point(32, Type::f32, power_l2_w),
        point(34, Type::f32, power_l3_w),   point(60, Type::f32, exported_wh),
        point(68, Type::f32, imported_wh),
    };
}
constexpr std::uint16_t kFloatRegisters = 70;

/// SolarEdge counts exported power positive, with import and export energies all the same in their places.
void flip_power(Values& values) {
    using enum Quantity;
    for (const auto power : {power_w, power_l1_w, power_l2_w, power_l3_w}) {
        if (values[power]) {
            values[power] = 0 - *values[power];
        }
    }
}

constexpr int kSinglePhase = 201;
constexpr int kSinglePhaseFloat = 211;

class MeterReader : public Reader {
  public:
    explicit MeterReader(modbus::ReadConnection& connection)
        : connection_(connection), finder_(connection, {201, 202, 203, 204, 211, 212, 213, 214}) {}

    modbus::Result<Reading> read() override {
        const auto device = finder_.device();
        if (!device) {
            return tl::unexpected(device.error());
        }
        const auto& main = (*device)->main;
        const bool is_float = main.id >= 211;
        const auto registers =
            sunspec::read_model(connection_, main, is_float ? kFloatRegisters : kIntegerRegisters);
        if (!registers) {
            if (sunspec::moved(registers.error())) {
                finder_.forget();
            }
            return tl::unexpected(registers.error());
        }
        Reading reading;
        decode_points(is_float ? float_points() : integer_points(), *registers, main.address, reading);
        if ((*device)->identity.vendor.value_or("").starts_with("SolarEdge")) {
            flip_power(reading.values);
        }
        if (main.id == kSinglePhase || main.id == kSinglePhaseFloat) {
            reading.values[Quantity::power_l1_w] = reading.values[Quantity::power_w];
        }
        sign_currents(reading.values);
        return reading;
    }

    modbus::Result<Identity> identify() override {
        finder_.forget();
        const auto device = finder_.device();
        return device ? modbus::Result<Identity>((*device)->identity) : tl::unexpected(device.error());
    }

  private:
    modbus::ReadConnection& connection_;
    sunspec::Finder finder_;
};

std::unique_ptr<Reader> make(modbus::ReadConnection& connection, const ReaderOptions&) {
    return std::make_unique<MeterReader>(connection);
}

std::vector<Proof> proofs() {
    using enum Quantity;
    return {
        {.what = "integer model behind a SolarEdge inverter: second sub-device, power counted the other way "
                 "round",
         .table = modbus::Table::holding,
         .memory = {{40000, {0x5375, 0x6E53, 1, 65}},
                    {40069, {103, 50}},
                    {40121, {1, 65}},
                    {40123, {0x536F, 0x6C61, 0x7245, 0x6467, 0x6520}},
                    {40188, {203, 105}},
                    {40190, {30, 10, 0xFFF6, 0,    0,      0,      2300,   2300, 2310,   0x8000, 0,
                             0,  0,  0xFFFF, 5001, 0xFFFE, 0xFF38, 0xFF38, 100,  0x8000, 1}},
                    {40226, {0, 1000}},
                    {40234, {0, 5000, 0, 0, 0, 0, 0, 0, 0}},
                    {40295, {0xFFFF, 0}}},
         .values = {{power_w, 2000},
                    {power_l1_w, 2000},
                    {power_l2_w, -1000},
                    {power_l3_w, std::nullopt},
                    {current_l1_a, 10},
                    {current_l2_a, -10},
                    {voltage_l1_v, 230},
                    {voltage_l3_v, 231},
                    {frequency_hz, 50.01},
                    {exported_wh, 1000},
                    {imported_wh, 5000}},
         .identity = {"SolarEdge", std::nullopt, std::nullopt, std::nullopt}},
        {.what = "one phase, exporting: the total is the phase's",
         .table = modbus::Table::holding,
         .memory = {{40000, {0x5375, 0x6E53, 201, 105, 52, 52, 0x8000, 0x8000, 0xFFFF}},
                    {40010, {2301, 0x8000, 0x8000}},
                    {40017, {0xFFFF}},
                    {40020, {0xFB50, 0x8000, 0x8000, 0x8000, 0}},
                    {40109, {0xFFFF, 0}}},
         .values = {{power_w, -1200},
                    {power_l1_w, -1200},
                    {power_l2_w, std::nullopt},
                    {current_l1_a, -5.2},
                    {current_l2_a, std::nullopt},
                    {voltage_l1_v, 230.1}}},
        {.what = "float model",
         .table = modbus::Table::holding,
         .memory = {{40000, {0x5375, 0x6E53, 1, 65, 0x4672, 0x6F6E, 0x6975, 0x7300}},
                    {40069, {213, 124}},
                    {40073, {0x40A0, 0, 0x7FC0, 0, 0x7FC0, 0}},
                    {40081, {0x4366, 0, 0x4366, 0, 0x4366, 0}},
                    {40095, {0x4247, 0xE148, 0x45CD, 0xE000, 0x45CD, 0xE000, 0x7FC0, 0, 0x7FC0, 0}},
                    {40129, {0x42C8, 0}},
                    {40137, {0x447A, 0}},
                    {40195, {0xFFFF, 0}}},
         .values = {{power_w, 6588},
                    {power_l1_w, 6588},
                    {power_l2_w, std::nullopt},
                    {current_l1_a, 5},
                    {current_l2_a, std::nullopt},
                    {voltage_l2_v, 230},
                    {frequency_hz, 49.97},
                    {exported_wh, 100},
                    {imported_wh, 1000}},
         .identity = {"Fronius", std::nullopt, std::nullopt, std::nullopt}},
    };
}

}  // namespace

std::vector<Profile> sunspec_meter_profiles() {
    return {{{"sunspec-meter", Class::meter, "any SunSpec meter (models 201-204, 211-214)"}, make, proofs}};
}

}  // namespace sunherd::devices
