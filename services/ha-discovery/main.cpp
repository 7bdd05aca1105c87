#include "ha_discovery.hpp"

int main(int argc, char** argv) {
    return sunherd::service::run(argc, argv,
                                 {.name = "ha-discovery",
                                  .about = "Announces everything to Home Assistant.",
                                  .make = [](sunherd::service::Context& context) {
                                      return std::make_unique<sunherd::ha::HaDiscovery>(context);
                                  }});
}
