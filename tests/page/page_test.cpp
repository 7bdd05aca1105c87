#include "support/running_house.hpp"

#include <catch2/catch.hpp>

#include <cstdio>
#include <cstdlib>
#include <filesystem>

using namespace sunherd;
using namespace sunherd::testing;
using namespace std::chrono_literals;

namespace {

/// Why the page can't be driven here; empty: it can.
std::string missing() {
    for (const auto* program : {"/usr/bin/chromium", SUNHERD_PAGE "/index.html",
                                SUNHERD_PAGE_TOOLS "/node_modules/axe-core/axe.min.js"}) {
        if (!std::filesystem::exists(program)) {
            return std::string("there is no ") + program;
        }
    }
    return {};
}

}  // namespace

TEST_CASE("the page shows the house as it is, and commands it") {
    if (const auto why = missing(); !why.empty()) {
        WARN("skipped: " + why);
        return;
    }
    const auto house = RunningHouse::charging();
    Process browser({"node", SUNHERD_PAGE_TOOLS "/drive.mjs", house->page_url(), "/usr/bin/chromium",
                     SUNHERD_PAGE_TOOLS "/pictures"});
    const auto exit = browser.wait_exit(180s);
    std::printf("%s", browser.output().c_str());  // the figures, and what was wrong
    CHECK(exit == 0);
    CHECK(house->broken_promises() == std::vector<std::string>{});
}
