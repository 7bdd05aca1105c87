#pragma once

#include "house/house.hpp"
#include "simulated_device.hpp"

#include <optional>

namespace sunherd::simulator {

/// VARTA storage. Source: reference page varta-modbus. Holding registers, function 3; function 6 for the
/// discharge limit, which falls back by itself after two minutes.
class Varta : public SimulatedDevice {
  public:
    Varta(std::string id, house::House& house, std::size_t battery);

    void tick(Moment now) override;

  protected:
    Answer read(Port port, const Request& request, const Distortion& distortion) override;
    Answer write(Port port, const Request& request, Moment now) override;

  private:
    int state() const;

    house::House& house_;
    std::size_t battery_;
    std::optional<Moment> limit_written_;
};

}  // namespace sunherd::simulator
