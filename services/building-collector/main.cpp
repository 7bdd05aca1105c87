#include "building_collector.hpp"

int main(int argc, char** argv) {
    return sunherd::service::run(
        argc, argv,
        {.name = "building-collector",
         .about = "Polls meters, inverters and batteries and publishes what they say.",
         .make = [](sunherd::service::Context& context) {
             return std::make_unique<sunherd::BuildingCollector>(context);
         }});
}
