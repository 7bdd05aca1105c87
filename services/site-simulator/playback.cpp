#include "playback.hpp"

#include "house/built_in_day.hpp"
#include "house/csv.hpp"

#include <date/tz.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

namespace sunherd::simulator {
namespace {

using std::chrono::hours;
using topics::Timestamp;
template <class T>
using Result = tl::expected<T, std::string>;

constexpr const char* kSummerDay = "2026-06-21";
constexpr auto kMorning = hours(10);

Result<std::string> content(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) {
        return tl::unexpected("cannot read " + file.string() +
                              "; --trace wants a CSV file or a folder with a site.csv");
    }
    return std::string{std::istreambuf_iterator<char>(in), {}};
}

/// A number in a range; the default where nothing was said.
Result<double> number_option(const char* flag, const std::string& text, double otherwise, double least,
                             double most) {
    if (text.empty()) {
        return otherwise;
    }
    const auto value = house::number(text);
    if (!value || *value < least || *value > most) {
        std::ostringstream message;
        message << flag << " is '" << text << "', expected a number from " << least << " to " << most;
        return tl::unexpected(message.str());
    }
    return *value;
}

/// A word out of a list; the first where nothing was said.
Result<std::size_t> word_option(const char* flag, const std::string& text,
                                std::initializer_list<const char*> words) {
    if (text.empty()) {
        return std::size_t{0};
    }
    const auto* const found = std::find(words.begin(), words.end(), text);
    if (found == words.end()) {
        std::string message = std::string(flag) + " is '" + text + "', expected";
        for (const char* word : words) {
            message += std::string(word == *words.begin() ? " " : " or ") + word;
        }
        return tl::unexpected(message);
    }
    return static_cast<std::size_t>(found - words.begin());
}

Timestamp local(const std::string& time_zone, date::local_seconds time) {
    const auto utc = date::locate_zone(time_zone)->to_sys(time, date::choose::earliest);
    return std::chrono::time_point_cast<std::chrono::milliseconds>(utc);
}

/// RFC 3339, or local `2024-06-12T10:00`, or a local date (10:00).
Result<Timestamp> parse_from(const std::string& text, const std::string& time_zone) {
    if (const auto utc = topics::parse_rfc3339(text)) {
        return *utc;
    }
    for (const auto& [format, length] :
         {std::pair{"%F", std::size_t{10}}, std::pair{"%FT%R", std::size_t{16}}}) {
        std::istringstream in(text);
        date::local_seconds time;
        if (text.size() == length && in >> date::parse(format, time)) {
            return local(time_zone, time + (length == 10 ? kMorning : hours(0)));
        }
    }
    return tl::unexpected(
        "--from is '" + text +
        "', expected a time such as 2024-06-12T08:00:00Z, or 2024-06-12T10:00 or 2024-06-12 in the " +
        "site's time zone");
}

std::vector<std::string> list_of(const std::string& text) {
    std::vector<std::string> items;
    for (const auto item : house::cells_of(text)) {
        if (!item.empty()) {
            items.emplace_back(item);
        }
    }
    return items;
}

/// Numbers and words; the rest of the playback needs files.
Result<void> apply_options(const Arguments& arguments, Playback& playback, house::VisitPlan& plan) {
    auto& settings = playback.settings;
    const auto speed = number_option("--speed", arguments.speed, 1, 0.1, 3600);
    const auto minutes = number_option("--minutes", arguments.minutes, 0, 0.01, 1e6);
    const auto seed = number_option("--seed", arguments.seed, 1, 0, 1e15);
    const auto monitoring = number_option("--monitoring-s", arguments.monitoring_s, 60, 0, 3600);
    const auto restart = number_option("--restart-s", arguments.restart_s, 30, 0, 3600);
    const auto ports = word_option("--ports", arguments.ports, {"read-write", "charger-cluster"});
    const auto sunspec = word_option("--sunspec", arguments.sunspec, {"integers", "floats"});
    const auto cars = word_option("--cars", arguments.cars, {"auto", "trace", "built-in"});
    for (const auto* number : {&speed, &minutes, &seed, &monitoring, &restart}) {
        if (!*number) {
            return tl::unexpected(number->error());
        }
    }
    for (const auto* word : {&ports, &sunspec, &cars}) {
        if (!*word) {
            return tl::unexpected(word->error());
        }
    }
    settings.speed = *speed;
    settings.seed = static_cast<std::uint64_t>(*seed);
    settings.etrel.monitoring_interval = std::chrono::seconds(static_cast<int>(*monitoring));
    settings.etrel.restart_time = std::chrono::seconds(static_cast<int>(*restart));
    settings.etrel.layout =
        *ports == 0 ? topics::PortLayout::read_write : topics::PortLayout::charger_cluster;
    settings.sunspec = *sunspec == 0 ? SunSpecNumbers::integers : SunSpecNumbers::floats;
    settings.hidden = list_of(arguments.hidden);
    if (*minutes > 0) {
        playback.ends_after = std::chrono::milliseconds(static_cast<std::int64_t>(*minutes * 60000));
    }
    playback.bind = arguments.bind;
    plan.source = static_cast<house::CarSource>(*cars);
    plan.speed = settings.speed;
    plan.seed = settings.seed;
    return {};
}

Result<std::vector<house::Session>> sessions_beside(const std::filesystem::path& trace) {
    const auto file = trace.parent_path() / "sessions.csv";
    if (!std::filesystem::exists(file)) {
        return std::vector<house::Session>{};
    }
    const auto csv = content(file);
    if (!csv) {
        return tl::unexpected(csv.error());
    }
    auto sessions = house::parse_sessions(*csv, file.string());
    return sessions ? Result<std::vector<house::Session>>(std::move(*sessions))
                    : tl::unexpected(sessions.error().text);
}

Result<std::shared_ptr<const house::PriceSource>> prices_beside(const std::filesystem::path& trace) {
    const auto file = trace.parent_path() / "prices.csv";
    if (!std::filesystem::exists(file)) {
        return nullptr;
    }
    const auto csv = content(file);
    if (!csv) {
        return tl::unexpected(csv.error());
    }
    auto prices = house::parse_prices(*csv, file.string());
    return prices ? Result<std::shared_ptr<const house::PriceSource>>(std::move(*prices))
                  : tl::unexpected(prices.error().text);
}

Result<std::shared_ptr<const house::Trace>> read_trace(const std::filesystem::path& file) {
    const auto csv = content(file);
    if (!csv) {
        return tl::unexpected(csv.error());
    }
    auto trace = house::parse_trace(*csv, file.string());
    if (!trace) {
        return tl::unexpected(trace.error().text);
    }
    return std::make_shared<const house::Trace>(std::move(*trace));
}

Result<void> use_trace(const Arguments& arguments, const site::Site& site, Playback& playback,
                       std::vector<house::Session>& sessions) {
    std::filesystem::path file = arguments.trace;
    if (std::filesystem::is_directory(file)) {
        file /= "site.csv";
    }
    const auto trace = read_trace(file);
    if (!trace) {
        return tl::unexpected(trace.error());
    }
    auto beside = sessions_beside(file);
    if (!beside) {
        return tl::unexpected(beside.error());
    }
    sessions = std::move(*beside);
    auto prices = prices_beside(file);
    if (!prices) {
        return tl::unexpected(prices.error());
    }
    playback.prices = std::move(*prices);
    auto& start = playback.settings.start;
    if (arguments.from.empty()) {
        start = best_start(**trace, site.time_zone);
    }
    if (start < (*trace)->begin() || start >= (*trace)->end()) {
        return tl::unexpected("--from " + arguments.from + " is not in " + file.string() +
                              ", which goes from " + topics::to_rfc3339((*trace)->begin()) + " to " +
                              topics::to_rfc3339((*trace)->end()));
    }
    playback.demand = *trace;
    return {};
}

}  // namespace

Timestamp best_start(const house::Trace& trace, const std::string& time_zone) {
    const auto& rows = trace.rows();
    const auto by_pv = [](const auto& a, const auto& b) { return a.demand.pv_w < b.demand.pv_w; };
    const double highest_w = std::max_element(rows.begin(), rows.end(), by_pv)->demand.pv_w;
    const auto* const zone = date::locate_zone(time_zone);
    std::optional<Timestamp> first;
    auto day = date::floor<date::days>(
        zone->to_local(std::chrono::time_point_cast<std::chrono::seconds>(trace.begin())));
    for (;; day += date::days(1)) {
        const Timestamp morning = local(time_zone, date::local_seconds(day) + kMorning);
        if (morning + hours(1) > trace.end()) {
            return first.value_or(trace.begin());
        }
        if (morning < trace.begin()) {
            continue;
        }
        first = first.value_or(morning);
        double mean_w = 0;
        for (int minute = 0; minute < 60; ++minute) {
            mean_w += trace.at(morning + std::chrono::minutes(minute)).pv_w / 60;
        }
        if (mean_w > 0 && mean_w >= highest_w / 2) {
            return morning;
        }
    }
}

Result<Playback> load_playback(const Arguments& arguments, const site::Site& site) {
    Playback playback;
    house::VisitPlan plan;
    if (const auto applied = apply_options(arguments, playback, plan); !applied) {
        return tl::unexpected(applied.error());
    }
    const auto from = parse_from(arguments.from.empty() ? kSummerDay : arguments.from, site.time_zone);
    if (!from) {
        return tl::unexpected(from.error());
    }
    playback.settings.start = *from;
    std::vector<house::Session> sessions;
    if (arguments.trace.empty()) {
        playback.demand = std::make_shared<house::BuiltInDay>(playback.settings.seed);
        playback.prices = std::make_shared<house::BuiltInPrices>();
    } else if (const auto used = use_trace(arguments, site, playback, sessions); !used) {
        return tl::unexpected(used.error());
    }
    plan.start = playback.settings.start;
    playback.visits = house::plan_visits(sessions, site.evses.size(), plan);
    return playback;
}

}  // namespace sunherd::simulator
