#include "influx_bridge.hpp"

int main(int argc, char** argv) {
    return sunherd::service::run(argc, argv,
                                 {.name = "influx-bridge",
                                  .about = "Writes what is published into InfluxDB.",
                                  .make = [](sunherd::service::Context& context) {
                                      return std::make_unique<sunherd::influx::InfluxBridge>(context);
                                  }});
}
