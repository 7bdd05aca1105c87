#include "evse_collector.hpp"

int main(int argc, char** argv) {
    return sunherd::service::run(
        argc, argv,
        {.name = "evse-collector",
         .about = "Polls EVSEs and the master's Load Guard, and finds EVSEs that come online.",
         .make = [](sunherd::service::Context& context) {
             return std::make_unique<sunherd::EvseCollector>(context);
         }});
}
