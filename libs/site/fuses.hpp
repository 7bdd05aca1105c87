#pragma once

#include "site/site.hpp"

#include <array>

namespace sunherd::site {

/// What a fuse carries when nobody knows anything and every EVSE behind it takes its fallback current.
struct FallbackLoad {
    const Circuit* circuit = nullptr;  ///< nullptr: the main fuse
    double fuse_a = 0;
    std::array<double, 3> current_a{};  ///< on the site's L1, L2, L3
    int evses = 0;                      ///< how many stand behind it, those of circuits further down included
    bool overloaded() const;
};

/// Of the main fuse first, then of each circuit as in the site file. EVSEs whose circuit does not exist or
/// whose phase rotation is none count for nothing; a circle of circuits ends where it began.
std::vector<FallbackLoad> fallback_loads(const Site& site);

}  // namespace sunherd::site
