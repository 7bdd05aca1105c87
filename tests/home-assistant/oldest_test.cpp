#include "house_with_home_assistant.hpp"

using namespace sunherd::testing;

TEST_CASE("a Home Assistant before device discovery sees everything by single components") {
    AnnouncedHouse one("{single_components: true, language: de}");
    auto options = one.home_assistant();
    options.version = "2024.3.3";
    RealHomeAssistant home_assistant(options);
    check_all_there(home_assistant);
    CHECK(one.house.broken_promises() == std::vector<std::string>{});
}
