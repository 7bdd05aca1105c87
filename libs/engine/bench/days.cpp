#include "engine/decide.hpp"
#include "house/trace.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

/// How a house of recorded days fares: `days FOLDER [fuse A]` reads `site.csv` (time, house and its phases,
/// PV) and `sessions.csv` (who wants how much, and when). Two EVSEs of 6 to 16 A on three phases; meters are
/// read once a second and 1 s late, cars follow 2 s late. Each line is another way to charge the same cars.
namespace {

using namespace sunherd;
using namespace sunherd::engine;

constexpr double kVolts = 230;
constexpr double kMinW = 6 * kVolts;

struct Days {
    std::vector<house::TraceRow> rows;
    std::vector<house::Session> sessions;

    long seconds(topics::Timestamp at) const {
        return static_cast<long>(std::chrono::floor<std::chrono::seconds>(at - rows.front().time).count());
    }
    long step_s() const { return seconds(rows[1].time); }
};

std::string text_of(const std::string& file) {
    std::ifstream in(file);
    return {std::istreambuf_iterator<char>(in), {}};
}

/// Throws std::runtime_error where there are none.
Days read(const std::string& folder) {
    const auto trace = house::parse_trace(text_of(folder + "/site.csv"), folder + "/site.csv");
    if (!trace) {
        throw std::runtime_error(trace.error().text);
    }
    const auto sessions = house::parse_sessions(text_of(folder + "/sessions.csv"), folder + "/sessions.csv");
    if (!sessions) {
        throw std::runtime_error(sessions.error().text);
    }
    return {trace->rows(), *sessions};
}

struct Way {
    const char* name;
    ChargeMode mode;
    bool can_switch;
};

class House {
  public:
    House(const Days& days, const Way& way, double fuse_a) : days_(days), way_(way), fuse_a_(fuse_a) {
        site_.now = Instant(3'600'000);
        site_.circuits.push_back({.id = "main", .limit_a = fuse_a, .metered = true});
        for (const char* id : {"A", "B"}) {
            Evse evse;
            evse.id = id;
            evse.mode = way.mode;
            evse.can_switch = way.can_switch;
            evse.priority = static_cast<int>(site_.evses.size()) + 1;
            site_.evses.push_back(evse);
        }
        told_.assign(2, std::deque<Offer>(3));
        left_wh_.assign(2, 0);
    }

    void run() {
        const long end_s = static_cast<long>(days_.rows.size()) * days_.step_s();
        for (long second = 0; second < end_s; ++second) {
            step(second);
        }
        print(static_cast<double>(end_s) / 3600);
    }

  private:
    struct Offer {
        double current_a = 0;
        int phases = 3;
    };

    void arrive_and_leave(long second) {
        for (const auto& session : days_.sessions) {
            const std::size_t index = session.evse == "A" ? 0 : 1;
            auto& evse = site_.evses[index];
            auto& left_wh = left_wh_[index];
            if (second == days_.seconds(session.arrive)) {
                evse.state = Iec61851::C;
                left_wh = session.energy_wh;
            } else if (second == days_.seconds(session.depart)) {
                evse.state = Iec61851::A;
                left_wh = 0;
            }
        }
        for (std::size_t i = 0; i < 2; ++i) {
            evse(i).state = evse(i).state.value_or(Iec61851::A);
        }
    }
    Evse& evse(std::size_t i) { return site_.evses[i]; }

    void step(long second) {
        site_.now += Instant(1000);
        const house::Demand& demand = days_.rows[static_cast<std::size_t>(second / days_.step_s())].demand;
        arrive_and_leave(second);
        std::array<double, 3> grid_a{};
        double cars_w = 0;
        double possible_w = 0;
        for (std::size_t p = 0; p < 3; ++p) {
            grid_a.at(p) = (demand.house_w.at(p) - demand.pv_w / 3) / kVolts;
        }
        const double surplus_w = -(grid_a[0] + grid_a[1] + grid_a[2]) * kVolts;
        for (std::size_t i = 0; i < 2; ++i) {
            const Offer offer = told_[i].front();
            const bool draws = left_wh_[i] > 0 && offer.current_a >= 6;
            for (std::size_t p = 0; p < 3; ++p) {
                const double a = draws && static_cast<int>(p) < offer.phases ? offer.current_a : 0;
                evse(i).current_a[static_cast<int>(p)] = a;
                grid_a.at(p) += a;
                cars_w += a * kVolts;
            }
            possible_w += left_wh_[i] > 0 ? 3 * 16 * kVolts : 0;
            left_wh_[i] -= draws ? offer.phases * offer.current_a * kVolts / 3600 : 0;
        }
        account(grid_a, cars_w, possible_w, surplus_w);
        see(grid_a);
    }

    void account(const std::array<double, 3>& grid_a, double cars_w, double possible_w, double surplus_w) {
        const double grid_w = (grid_a[0] + grid_a[1] + grid_a[2]) * kVolts;
        car_wh_ += cars_w / 3600;
        import_wh_ += std::min(cars_w, std::max(0.0, grid_w)) / 3600;
        const double usable_w = std::min(surplus_w, possible_w);
        usable_wh_ += usable_w >= (way_.can_switch ? 1 : 3) * kMinW ? usable_w / 3600 : 0;
        charging_s_ += cars_w > 0 ? 1 : 0;
        const double most_a = *std::max_element(grid_a.begin(), grid_a.end());
        over_s_ += cars_w > 0 && most_a > fuse_a_ + 0.05 ? 1 : 0;
        over_by_a_ = std::max(over_by_a_, cars_w > 0 ? most_a - fuse_a_ : 0);
    }

    void see(const std::array<double, 3>& grid_a) {
        for (int p = 0; p < 3; ++p) {
            site_.circuits[0].current_a[p] = seen_a_.at(static_cast<std::size_t>(p));
        }
        seen_a_ = grid_a;  // a second late
        site_.circuits[0].read_at = site_.now;
        for (auto& each : site_.evses) {
            each.read_at = site_.now;
        }
        decide(site_, decision_);
        for (std::size_t i = 0; i < 2; ++i) {
            const Offer before = told_[i].back();
            const Offer now{decision_.evses[i].target_a, decision_.evses[i].phases.value_or(3)};
            writes_ += now.current_a != before.current_a ? 1 : 0;
            starts_ += now.current_a > 0 && before.current_a == 0 ? 1 : 0;
            switches_ += now.phases != before.phases ? 1 : 0;
            told_[i].push_back(now);
            told_[i].pop_front();
        }
    }

    void print(double hours) const {
        const double charging_h = std::max(1.0, charging_s_) / 3600;
        std::printf(
            "%-18s %7.1f kWh %6.1f kWh grid %5.1f %% of usable sun %6.0f s over fuse (%4.1f A) "
            "%4d starts %3d changes of phases %5.1f writes/h charging (%.0f of %.0f h)\n",
            way_.name, car_wh_ / 1000, import_wh_ / 1000,
            100 * (car_wh_ - import_wh_) / std::max(1.0, usable_wh_), over_s_, std::max(0.0, over_by_a_),
            starts_, switches_, writes_ / charging_h, charging_h, hours);
    }

    const Days& days_;
    Way way_;
    double fuse_a_;
    Site site_;
    Decision decision_;
    std::array<double, 3> seen_a_{};
    std::vector<std::deque<Offer>> told_;
    std::vector<double> left_wh_;
    double car_wh_ = 0;
    double import_wh_ = 0;
    double usable_wh_ = 0;
    double charging_s_ = 0;
    double over_s_ = 0;
    double over_by_a_ = 0;
    int writes_ = 0;
    int starts_ = 0;
    int switches_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) {
        std::fprintf(stderr, "usage: days FOLDER [FUSE_A]; FOLDER has site.csv and sessions.csv\n");
        return 2;
    }
    try {
        const Days days = read(argv[1]);
        const double fuse_a = argc > 2 ? std::atof(argv[2]) : 25;
        for (const Way& way :
             {Way{"solar", ChargeMode::solar, false}, Way{"solar, 1 or 3", ChargeMode::solar, true},
              Way{"eco", ChargeMode::eco, false}, Way{"now", ChargeMode::now, false}}) {
            House(days, way, fuse_a).run();
        }
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 2;
    }
    return 0;
}
