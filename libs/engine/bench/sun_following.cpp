#include "engine/decide.hpp"

#include <cmath>
#include <cstdio>
#include <deque>
#include <fstream>
#include <string>
#include <vector>

/// How well mode `solar` follows a recorded sky: energy into the car, energy from the grid, setpoint changes.
/// The trace has seconds, PV in W, house in W; a three-phase car of 6 to 16 A in steps of 1 A stands there,
/// and charges already when the trace begins. Each line has other delays of meter and car.
namespace {

using namespace sunherd::engine;

struct Sample {
    double at_s;
    double pv_w;
    double house_w;
};

std::vector<Sample> read(const char* file) {
    std::vector<Sample> samples;
    std::ifstream in(file);
    for (std::string line; std::getline(in, line);) {
        Sample sample{};
        if (std::sscanf(line.c_str(), "%lf,%lf,%lf", &sample.at_s, &sample.pv_w, &sample.house_w) == 3) {
            samples.push_back(sample);
        }
    }
    return samples;
}

struct Delays {
    double meter_s;
    double car_s;
};

struct Figures {
    double car_wh = 0;
    double import_wh = 0;
    double export_wh = 0;
    int writes = 0;
    int starts = 0;
};

double late(std::deque<double>& past, double value, double delay_s) {
    past.push_back(value);
    while (past.size() > static_cast<std::size_t>(delay_s * 10) + 1) {
        past.pop_front();
    }
    return past.front();
}

class Following {
  public:
    explicit Following(Delays delays) : delays_(delays) {
        site_.now = Instant(3'600'000);
        site_.circuits.push_back({.id = "main", .limit_a = 63, .metered = true});
        Evse evse;
        evse.id = "car";
        evse.step_a = 1;
        evse.mode = ChargeMode::solar;
        evse.state = Iec61851::C;
        site_.evses.push_back(evse);
    }

    void warm_up(const Sample& first) {
        for (int i = 0; i < 1500; ++i) {
            step(first);
        }
        figures_ = {};
    }
    void step(const Sample& sample) {
        site_.now += Instant(100);
        const double told_a = last_.evses.empty() ? 0 : last_.evses[0].target_a;
        const double car_a = late(offers_, told_a, delays_.car_s);
        const double car_w = car_a * 3 * 230;
        const double grid_w = sample.house_w - sample.pv_w + car_w;
        const double seen_w = late(meter_, grid_w, delays_.meter_s);
        figures_.car_wh += car_w / 36000;
        figures_.import_wh += std::max(0.0, grid_w) / 36000;
        figures_.export_wh += std::max(0.0, -grid_w) / 36000;
        if (++steps_ % 10 != 0) {
            return;
        }
        for (int p = 0; p < 3; ++p) {
            site_.circuits[0].current_a[p] = seen_w / 3 / 230;
            site_.evses[0].current_a[p] = car_a;
        }
        site_.circuits[0].read_at = site_.evses[0].read_at = site_.now;
        last_ = decide(site_, last_.memory);
        figures_.writes += last_.evses[0].target_a != told_a ? 1 : 0;
        figures_.starts += told_a == 0 && last_.evses[0].target_a > 0 ? 1 : 0;
    }
    const Figures& figures() const { return figures_; }

  private:
    Delays delays_;
    Site site_;
    Decision last_;
    std::deque<double> offers_;
    std::deque<double> meter_;
    int steps_ = 0;
    Figures figures_;
};

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::fprintf(stderr, "usage: sun_following site.csv\n");
        return 2;
    }
    const auto samples = read(argv[1]);
    if (samples.size() < 2) {
        std::fprintf(stderr, "%s: no lines of seconds,pv_w,house_w\n", argv[1]);
        return 2;
    }
    std::printf("meter s  car s   car Wh  import Wh  export Wh  writes  starts\n");
    for (const Delays delays : {Delays{0, 1}, Delays{1, 1}, Delays{2, 1}, Delays{5, 1}, Delays{1, 5},
                                Delays{2, 10}, Delays{5, 20}}) {
        Following following(delays);
        following.warm_up(samples.front());
        for (std::size_t i = 0; i + 1 < samples.size(); ++i) {
            const auto steps = static_cast<int>((samples[i + 1].at_s - samples[i].at_s) * 10);
            for (int step = 0; step < steps; ++step) {
                following.step(samples[i]);
            }
        }
        const auto& f = following.figures();
        std::printf("%7.1f %6.1f %8.0f %10.0f %10.0f %7d %7d\n", delays.meter_s, delays.car_s, f.car_wh,
                    f.import_wh, f.export_wh, f.writes, f.starts);
    }
    return 0;
}
