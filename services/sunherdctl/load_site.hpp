#pragma once

#include "site/site.hpp"

#include <optional>
#include <string>

namespace sunherd::ctl {

/// The site of a file; absent where it is wrong, which is said on stderr.
std::optional<site::Site> load_site(const std::string& file);

}  // namespace sunherd::ctl
