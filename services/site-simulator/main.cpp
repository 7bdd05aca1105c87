#include "simulator.hpp"

using namespace sunherd;

int main(int argc, char** argv) {
    simulator::Arguments arguments;
    service::Spec spec;
    spec.name = "site-simulator";
    spec.about = "A house of simulated devices that speak their real protocols; also plays recorded traces.";
    spec.clean_session = true;
    spec.make = [&arguments](service::Context& context) {
        return std::make_unique<simulator::Simulator>(context, arguments);
    };
    spec.options = {
        {"--trace", "CSV file (or folder with a site.csv) to play; docs/simulator.md has the columns",
         &arguments.trace},
        {"--from", "Where to begin: a time, or a date (10:00); default: a morning with sun", &arguments.from},
        {"--speed", "Trace clock and energies run so many times faster", &arguments.speed},
        {"--minutes", "End after so many minutes of real time", &arguments.minutes},
        {"--cars", "auto, trace or built-in: which cars come", &arguments.cars},
        {"--ports", "read-write or charger-cluster: ports of EVSEs whose layout the site file leaves open",
         &arguments.ports},
        {"--sunspec", "integers or floats: how inverters give their values", &arguments.sunspec},
        {"--bind", "Listen on this address instead of each device's host", &arguments.bind},
        {"--seed", "For everything that is left to chance", &arguments.seed},
        {"--hidden", "Ids of EVSEs, with commas, that are not there until the fault 'online'",
         &arguments.hidden},
        {"--monitoring-s", "Seconds without a setpoint until an EVSE takes its fallback current; 0 = never",
         &arguments.monitoring_s},
        {"--restart-s", "Seconds an EVSE is away when it is restarted", &arguments.restart_s},
    };
    return service::run(argc, argv, spec);
}
