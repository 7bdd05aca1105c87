#include "house_with_home_assistant.hpp"

using namespace sunherd::testing;

TEST_CASE("the newest Home Assistant sees everything, and again after a restart of its own") {
    AnnouncedHouse one;
    auto options = one.home_assistant();
    options.tool = "ha-check-new";
    {
        RealHomeAssistant home_assistant(options);
        check_all_there(home_assistant);
        home_assistant.call("select", "select_option",
                            {{"entity_id", "select.home_garage_mode"}, {"option", "eco"}});
        CHECK(home_assistant.await_state("select.home_garage_mode", "eco"));
    }
    RealHomeAssistant again(options);
    check_all_there(again);
    CHECK(again.state("select.home_garage_mode") == "eco");
    CHECK(one.house.broken_promises() == std::vector<std::string>{});
}
