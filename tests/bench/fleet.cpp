#include "figures.hpp"
#include "support/running_house.hpp"

#include <algorithm>
#include <csignal>
#include <random>
#include <thread>

/// Many EVSEs that share one fuse evenly, so that a step of the house concerns all of them: from the changed
/// register of the grid meter to the end of the write at each. And from plug-in to the first current.
namespace sunherd::bench {
namespace {

using namespace std::chrono_literals;
using topics::ApplyResult;

constexpr int kSteps = 12;  ///< of one EVSE; half as many of more
constexpr int kPlugs = 20;
constexpr double kMaxA = 9;
constexpr double kLowersA = 2;
constexpr double kSpareA = 10;  // of the fuse
constexpr double kVolts = 230;

class Fleet {
  public:
    explicit Fleet(int evses) : evses_(evses) {
        testing::write_file(directory_.path() / "site.yaml", site_file());
        run("site-simulator", {"--cars", "built-in"});
        recorder_.await(names_.simulator_state().name);
        fault("house", "pv_scale", 0);
        for (const auto* service : {"evse-collector", "controller", "actuator"}) {
            run(service, {});
        }
        for (int n = 1; n <= evses_; ++n) {
            recorder_.await(names_.evse_state(id(n)).name, 30s);
        }
    }
    ~Fleet() {
        for (auto& process : processes_) {
            process->signal(SIGTERM);
        }
        for (auto& process : processes_) {
            process->wait_exit(3s);
        }
    }
    Fleet(const Fleet&) = delete;
    Fleet& operator=(const Fleet&) = delete;

    /// Each car at its own moment; the first ones are looked at.
    std::vector<double> plug_in() {
        std::vector<double> samples_ms;
        for (int n = 1; n <= evses_; ++n) {
            if (n > kPlugs) {
                fault(id(n), "plug", 50);
                continue;
            }
            std::this_thread::sleep_for(
                std::chrono::milliseconds(std::uniform_int_distribution<>(0, 999)(chance_)));
            recorder_.forget();
            fault(id(n), "plug", 50);
            const auto plugged = recorder_.await<topics::SimulatorState>(
                names_.simulator_state(), [&](const auto& m) { return m.evses.at(id(n)).plugged; }, 10s);
            const auto applied = recorder_.await<topics::EvseApplied>(
                names_.evse_applied(id(n)),
                [](const auto& m) { return m.result == ApplyResult::written && m.current_a >= 6; }, 30s);
            samples_ms.push_back(static_cast<double>((applied.time - plugged.time).count()));
        }
        return samples_ms;
    }

    std::vector<double> steps() {
        std::vector<double> samples_ms;
        for (int step = 0; step < (evses_ == 1 ? kSteps : kSteps / 2); ++step) {
            await_full();
            std::this_thread::sleep_for(
                std::chrono::milliseconds(std::uniform_int_distribution<>(0, 999)(chance_)));
            recorder_.forget();
            fault("house", "house_extra_w", 3 * kVolts * (kLowersA * evses_ + kSpareA));
            const auto stepped = recorder_.await<topics::SimulatorState>(
                names_.simulator_state(), [](const auto&) { return true; }, 10s);
            for (int n = 1; n <= evses_; ++n) {
                const auto applied = recorder_.await<topics::EvseApplied>(
                    names_.evse_applied(id(n)),
                    [&](const auto& m) {
                        return m.result == ApplyResult::written && m.sample_time >= stepped.time;
                    },
                    10s);
                samples_ms.push_back(static_cast<double>((applied.time - stepped.time).count()));
            }
            recorder_.forget();
            fault("house", "house_extra_w", 0);
        }
        return samples_ms;
    }

  private:
    static std::string id(int n) { return "evse" + std::to_string(n); }
    std::string site_file() const {
        std::string yaml = "site: {id: home}\ngrid: {distribution: shared, main_fuse_a: " +
                           std::to_string(kMaxA * evses_ + kSpareA) + "}\nevses:\n";
        for (int n = 1; n <= evses_; ++n) {
            yaml += "  - {id: " + id(n) + ", profile: etrel-inch, host: " + loopback_.host(n) +
                    ", read_port: 1502, write_port: 1503, ports: read-write, mode: now, max_current_a: " +
                    std::to_string(kMaxA) + (n == 1 ? ", master: true, load_guard_poll_s: 0.1" : "") + "}\n";
        }
        return yaml;
    }
    void run(const std::string& program, const std::vector<std::string>& options) {
        std::vector<std::string> arguments{SUNHERD_BIN_DIR "/" + program, "--site",
                                           (directory_.path() / "site.yaml").string(), "--state-dir",
                                           (directory_.path() / program).string()};
        arguments.insert(arguments.end(), options.begin(), options.end());
        processes_.push_back(std::make_unique<testing::Process>(arguments, broker_.environment()));
    }
    void fault(const std::string& device, const std::string& fault, double value) {
        recorder_.publish(names_.simulator_fault(),
                          topics::SimulatorFault{device, fault, std::nullopt, value});
    }
    /// All draw the most: a car that is on its way up could be the cause of a step, too.
    void await_full() {
        recorder_.await<topics::SimulatorState>(
            names_.simulator_state(),
            [](const auto& truth) {
                return std::all_of(truth.evses.begin(), truth.evses.end(), [](const auto& entry) {
                    double most_a = 0;
                    for (int p = 0; p < 3; ++p) {
                        most_a = std::max(most_a, entry.second.current_a[p].value_or(0));
                    }
                    return entry.second.told_a > kMaxA - 0.3 && most_a > kMaxA - 1.1;
                });
            },
            120s);
    }

    int evses_;
    topics::Names names_{"sunherd", "home"};
    testing::Loopback loopback_;
    testing::TemporaryDirectory directory_;
    testing::TestBroker broker_;
    testing::Recorder recorder_{broker_};
    std::vector<std::unique_ptr<testing::Process>> processes_;
    std::mt19937 chance_{1};
};

}  // namespace

void fleet() {
    for (const int evses : {1, 10, 50, 100}) {
        Fleet fleet(evses);
        const std::string count = std::to_string(evses) + (evses == 1 ? " EVSE" : " EVSEs");
        print_distribution("plugged in -> current written, " + count, fleet.plug_in());
        print_distribution("step -> each EVSE written, " + count, fleet.steps());
    }
}

}  // namespace sunherd::bench
