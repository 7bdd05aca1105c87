#pragma once

#include "devices/meters.hpp"
#include "devices/sunspec.hpp"
#include "house/house.hpp"
#include "site/site.hpp"

#include <vector>

/// What each meter and inverter of a site measures of the simulated house.
namespace sunherd::simulator {

/// By its role: the grid connection, PV, the batteries; another meter what its circuit names it for (the
/// EVSEs below), or else a fixed part of the house, such as a heat pump.
MeterSource meter_source(const site::Site& site, const site::Device& device, const house::House& house);

/// An even share of the PV for each inverter.
InverterSource inverter_source(const house::House& house, double share);

}  // namespace sunherd::simulator
