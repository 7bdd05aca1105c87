#include "site/fuses.hpp"

#include <algorithm>
#include <set>

namespace sunherd::site {
namespace {

void add(FallbackLoad& load, const Evse& evse) {
    for (int phase = 0; phase < evse.phases; ++phase) {
        const auto digit = static_cast<std::size_t>(phase) * 2 + 1;
        if (digit < evse.phase_rotation.size()) {
            const int of_site = evse.phase_rotation[digit] - '1';
            if (of_site >= 0 && of_site < 3) {
                load.current_a[static_cast<std::size_t>(of_site)] += evse.fallback_current_a;
            }
        }
    }
    ++load.evses;
}

}  // namespace

bool FallbackLoad::overloaded() const {
    return *std::max_element(current_a.begin(), current_a.end()) > fuse_a;
}

std::vector<FallbackLoad> fallback_loads(const Site& site) {
    std::vector<FallbackLoad> loads{{nullptr, site.grid.main_fuse_a, {}, 0}};
    for (const auto& circuit : site.circuits) {
        loads.push_back({&circuit, circuit.fuse_a, {}, 0});
    }
    for (const auto& evse : site.evses) {
        add(loads.front(), evse);
        auto next = evse.circuit;
        std::set<std::string> passed;
        while (next && passed.insert(*next).second) {
            const auto load = std::find_if(loads.begin() + 1, loads.end(), [&](const auto& candidate) {
                return candidate.circuit->id == *next;
            });
            if (load == loads.end()) {
                break;
            }
            add(*load, evse);
            next = load->circuit->parent;
        }
    }
    return loads;
}

}  // namespace sunherd::site
