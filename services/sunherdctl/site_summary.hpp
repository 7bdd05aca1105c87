#pragma once

#include "site/site.hpp"

#include <string>

namespace sunherd::ctl {

/// A site file in a few lines, as a person would check it: where everything is, and what each fuse carries
/// when every EVSE takes its fallback current. Nothing secret is in it.
std::string summary(const site::Site& site);

}  // namespace sunherd::ctl
