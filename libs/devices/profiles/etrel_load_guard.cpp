#include "devices/profile.hpp"
#include "devices/table_reader.hpp"

// Load Guard: the meter at the grid connection that an Etrel master EVSE reads, input registers of the
// master. Read from whichever of the master's two sockets the connection leads to: at port layout
// `charger-cluster` 503, at `read-write` 502. Source: vendor's list "Etrel INCH SmartHome Modbus
// TCPRegisters" (2020); reference page etrel-inch.
//
// Left out: 2024 power factor, 2100…2113 currents and powers of the whole cluster (the sum of what its EVSEs
// say).
namespace sunherd::devices {

namespace {

using modbus::Type;

constexpr std::uint16_t kInstalled = 3000;

std::vector<Point> points() {
    using enum Quantity;
    return {
        {.address = 2000, .type = Type::u16, .quantity = load_guard_connected},
        {.address = 2002, .type = Type::f32, .quantity = frequency_hz},
        {.address = 2004, .type = Type::f32, .quantity = voltage_l1_v},
        {.address = 2006, .type = Type::f32, .quantity = voltage_l2_v},
        {.address = 2008, .type = Type::f32, .quantity = voltage_l3_v},
        {.address = 2010, .type = Type::f32, .quantity = current_l1_a},
        {.address = 2012, .type = Type::f32, .quantity = current_l2_a},
        {.address = 2014, .type = Type::f32, .quantity = current_l3_a},
        {.address = 2016, .type = Type::f32, .scale = 1000, .quantity = power_l1_w},
        {.address = 2018, .type = Type::f32, .scale = 1000, .quantity = power_l2_w},
        {.address = 2020, .type = Type::f32, .scale = 1000, .quantity = power_l3_w},
        {.address = 2022, .type = Type::f32, .scale = 1000, .quantity = power_w},
    };
}

/// A master that has lost its Load Guard still holds the last values, or zeros: nothing of that is the grid.
void finish(Reading& reading) {
    auto& values = reading.values;
    if (values[Quantity::load_guard_connected] != 1) {
        Values flags;
        flags[Quantity::load_guard_connected] = values[Quantity::load_guard_connected];
        values = flags;
        return;
    }
    sign_currents(values);
}

class LoadGuardReader : public Reader {
  public:
    explicit LoadGuardReader(modbus::ReadConnection& connection)
        : connection_(connection),
          meter_(make_table_reader({.points = points(),
                                    .known = {.vendor = "Etrel",
                                              .model = "Load Guard",
                                              .serial = std::nullopt,
                                              .firmware = std::nullopt},
                                    .finish = finish},
                                   connection)) {}

    modbus::Result<Reading> read() override {
        if (installed_ != 1) {
            if (auto asked = ask_installed(); !asked) {
                return tl::unexpected(std::move(asked.error()));
            }
        }
        if (installed_ == 0) {
            Reading none;
            none.values[Quantity::load_guard_installed] = 0;
            return none;
        }
        auto reading = meter_->read();
        if (reading) {
            reading->values[Quantity::load_guard_installed] = installed_;
        }
        return reading;
    }

    modbus::Result<Identity> identify() override {
        installed_.reset();
        return meter_->identify();
    }

  private:
    /// A master that doesn't know the register may have a Load Guard all the same: then it isn't known.
    modbus::Result<void> ask_installed() {
        const auto words = connection_.read(modbus::Table::input, kInstalled, 1);
        if (words) {
            installed_ = words->front() != 0 ? 1 : 0;
            return {};
        }
        return is_illegal_address(words.error()) ? modbus::Result<void>() : tl::unexpected(words.error());
    }

    modbus::ReadConnection& connection_;
    std::unique_ptr<Reader> meter_;
    std::optional<double> installed_;
};

std::unique_ptr<Reader> make(modbus::ReadConnection& connection, const ReaderOptions&) {
    return std::make_unique<LoadGuardReader>(connection);
}

std::vector<Proof> proofs() {
    using enum Quantity;
    const Proof::Memory measured{2002, {0x4248, 0x1EB8, 0x436F, 0xDEB8, 0x436F, 0xDEB8, 0x436F, 0xDEB8,
                                        0x3F38, 0x9375, 0x3F38, 0x9375, 0,      0,      0x3DD2, 0xF1AA,
                                        0xBDD2, 0xF1AA, 0,      0,      0x3DD2, 0xF1AA, 0x3F7E, 0x353F}};
    const Identity who{"Etrel", "Load Guard", std::nullopt, std::nullopt};
    return {
        {.what = "importing on L1, exporting on L2: the current gets the sign of the power",
         .table = modbus::Table::input,
         .memory = {{2000, {1, 0}}, measured, {kInstalled, {1}}},
         .values = {{load_guard_installed, 1},
                    {load_guard_connected, 1},
                    {frequency_hz, 50.03},
                    {voltage_l1_v, 239.87},
                    {current_l1_a, 0.721},
                    {current_l2_a, -0.721},
                    {current_l3_a, 0},
                    {power_l1_w, 103},
                    {power_l2_w, -103},
                    {power_l3_w, 0},
                    {power_w, 103}},
         .identity = who},
        {.what = "lost: what the registers still hold is no reading",
         .table = modbus::Table::input,
         .memory = {{2000, {0, 0}}, measured, {kInstalled, {1}}},
         .values = {{load_guard_installed, 1},
                    {load_guard_connected, 0},
                    {power_w, std::nullopt},
                    {current_l1_a, std::nullopt},
                    {voltage_l1_v, std::nullopt}},
         .identity = who},
        {.what = "none installed",
         .table = modbus::Table::input,
         .memory = {{kInstalled, {0}}},
         .values = {{load_guard_installed, 0}, {load_guard_connected, std::nullopt}, {power_w, std::nullopt}},
         .identity = who},
    };
}

}  // namespace

std::vector<Profile> etrel_load_guard_profiles() {
    return {
        {{"etrel-load-guard", Class::meter, "the Load Guard, through the Etrel master EVSE"}, make, proofs}};
}

}  // namespace sunherd::devices
