#pragma once

#include "bus/bus.hpp"
#include "site/site.hpp"

#include <string>

namespace sunherd::ctl {

/// The way to the site's broker for one who only looks: no session is kept. purpose: part of the client id.
bus::Options observer_options(const site::Site& site, const std::string& purpose);

}  // namespace sunherd::ctl
