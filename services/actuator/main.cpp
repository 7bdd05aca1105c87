#include "actuator.hpp"

int main(int argc, char** argv) {
    return sunherd::service::run(
        argc, argv,
        {.name = "actuator",
         .about = "Writes setpoints to EVSEs while their leases last, and fallback currents when they don't.",
         .clean_session = true,
         .make = [](sunherd::service::Context& context) {
             return std::make_unique<sunherd::actuator::Actuator>(context);
         }});
}
