#include "load_site.hpp"

#include "site/load.hpp"

#include <iostream>

namespace sunherd::ctl {

std::optional<site::Site> load_site(const std::string& file) {
    auto site = site::load(file);
    if (site) {
        return std::move(*site);
    }
    for (const auto& problem : site.error()) {
        std::cerr << site::to_string(problem) << '\n';
    }
    return std::nullopt;
}

}  // namespace sunherd::ctl
