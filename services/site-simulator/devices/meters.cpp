#include "devices/meters.hpp"

#include <array>

namespace sunherd::simulator {
namespace {

using Fill = void (*)(Registers&, const MeterTruth&);

struct MeterKind {
    std::string_view profile;
    Fill fill;
    bool holding;  ///< answers function 3
    bool input;    ///< answers function 4
};
constexpr std::array kKinds{
    MeterKind{"eastron-sdm630", fill_sdm630, false, true},
    MeterKind{"carlo-gavazzi-em24", fill_em24_ethernet, false, true},
    MeterKind{"carlo-gavazzi-em24-rs485", fill_em24_rs485, false, true},
    MeterKind{"algodue-uem", fill_algodue_uem, true, true},
    MeterKind{"sunspec-meter", fill_sunspec_meter, true, false},
};

class Meter : public SimulatedDevice {
  public:
    Meter(std::string id, const MeterKind& kind, MeterSource source)
        : SimulatedDevice(std::move(id)), kind_(kind), source_(std::move(source)) {}

  protected:
    Answer read(Port /*port*/, const Request& request, const Distortion& distortion) override {
        const bool right = request.function == kReadHolding ? kind_.holding : kind_.input;
        if (!right) {
            return tl::unexpected(kIllegalFunction);
        }
        Registers registers(distortion);
        kind_.fill(registers, source_());
        return registers.read(request.address, request.count);
    }

  private:
    const MeterKind& kind_;
    MeterSource source_;
};

}  // namespace

std::unique_ptr<SimulatedDevice> make_meter(std::string_view profile, const std::string& id,
                                            MeterSource source) {
    for (const auto& kind : kKinds) {
        if (kind.profile == profile) {
            return std::make_unique<Meter>(id, kind, std::move(source));
        }
    }
    return nullptr;
}

}  // namespace sunherd::simulator
