#pragma once

#include "site/site.hpp"

namespace sunherd::ctl {

/// `sunherdctl watch`: shows what the site does, until it is ended by a signal. On a terminal the lines are
/// redrawn in place twice a second; elsewhere they are printed every 10 s.
int watch(const site::Site& site);

}  // namespace sunherd::ctl
