#include "engine/decide.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <deque>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

/// How a house of recorded days fares: `days FOLDER [fuse A]` reads `site.csv` (time, house and its phases,
/// PV) and `sessions.csv` (who wants how much, and when). Two EVSEs of 6 to 16 A on three phases; meters are
/// read once a second and 1 s late, cars follow 2 s late. Each line is another way to charge the same cars.
namespace {

using namespace sunherd::engine;

constexpr double kVolts = 230;
constexpr double kMinW = 6 * kVolts;

struct Minute {
    std::array<double, 3> house_w{};
    double pv_w = 0;
};
struct Session {
    int evse = 0;
    long from_s = 0;
    long to_s = 0;
    double wanted_wh = 0;
};
struct Days {
    long step_s = 60;
    std::vector<Minute> minutes;
    std::vector<Session> sessions;
};

long seconds_of(const std::string& rfc3339) {
    std::tm time{};
    std::sscanf(rfc3339.c_str(), "%d-%d-%dT%d:%d:%d", &time.tm_year, &time.tm_mon, &time.tm_mday,
                &time.tm_hour, &time.tm_min, &time.tm_sec);
    time.tm_year -= 1900;
    time.tm_mon -= 1;
    return timegm(&time);
}

using Row = std::map<std::string, std::string>;

std::vector<std::string> cells_of(const std::string& line) {
    std::vector<std::string> cells;
    std::istringstream in(line);
    for (std::string cell; std::getline(in, cell, ',');) {
        cells.push_back(cell);
    }
    return cells;
}

std::vector<Row> read_csv(const std::string& file) {
    std::ifstream in(file);
    std::vector<Row> rows;
    std::string line;
    std::getline(in, line);
    const auto names = cells_of(line);
    while (std::getline(in, line)) {
        const auto cells = cells_of(line);
        Row& row = rows.emplace_back();
        for (std::size_t i = 0; i < std::min(cells.size(), names.size()); ++i) {
            row[names[i]] = cells[i];
        }
    }
    return rows;
}

double number(const Row& row, const char* name) {
    const auto found = row.find(name);
    return found == row.end() ? 0 : std::atof(found->second.c_str());
}

Days read(const std::string& folder) {
    Days days;
    const auto rows = read_csv(folder + "/site.csv");
    if (rows.size() < 2) {
        return days;
    }
    const long begin_s = seconds_of(rows[0].at("time_utc"));
    days.step_s = seconds_of(rows[1].at("time_utc")) - begin_s;
    for (const auto& row : rows) {
        days.minutes.push_back(
            {{number(row, "house_l1_w"), number(row, "house_l2_w"), number(row, "house_l3_w")},
             number(row, "pv_w")});
    }
    for (const auto& row : read_csv(folder + "/sessions.csv")) {
        days.sessions.push_back({row.at("evse") == "A" ? 0 : 1, seconds_of(row.at("arrive_utc")) - begin_s,
                                 seconds_of(row.at("depart_utc")) - begin_s,
                                 1000 * number(row, "energy_kwh")});
    }
    return days;
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
        const long end_s = static_cast<long>(days_.minutes.size()) * days_.step_s;
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
            auto& evse = site_.evses[static_cast<std::size_t>(session.evse)];
            auto& left_wh = left_wh_[static_cast<std::size_t>(session.evse)];
            if (second == session.from_s) {
                evse.state = Iec61851::C;
                left_wh = session.wanted_wh;
            } else if (second == session.to_s) {
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
        if (second % days_.step_s == 0 || second == 0) {
            minute_ = days_.minutes[static_cast<std::size_t>(second / days_.step_s)];
        }
        arrive_and_leave(second);
        std::array<double, 3> grid_a{};
        double cars_w = 0;
        double possible_w = 0;
        for (std::size_t p = 0; p < 3; ++p) {
            grid_a.at(p) = (minute_.house_w.at(p) - minute_.pv_w / 3) / kVolts;
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
    Minute minute_;
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
    const Days days = argc > 1 ? read(argv[1]) : Days{};
    if (days.minutes.empty()) {
        std::fprintf(stderr, "usage: days FOLDER [FUSE_A]; FOLDER has site.csv and sessions.csv\n");
        return 2;
    }
    const double fuse_a = argc > 2 ? std::atof(argv[2]) : 25;
    for (const Way& way :
         {Way{"solar", ChargeMode::solar, false}, Way{"solar, 1 or 3", ChargeMode::solar, true},
          Way{"eco", ChargeMode::eco, false}, Way{"now", ChargeMode::now, false}}) {
        House(days, way, fuse_a).run();
    }
    return 0;
}
