#pragma once

#include "history/rows.hpp"

#include <array>
#include <string>
#include <utility>
#include <vector>

namespace sunherd::history {

enum class Period { day, week, month, year };
constexpr auto enum_words(Period) {
    using namespace std::string_view_literals;
    using enum Period;
    return std::array{std::pair{day, "day"sv}, std::pair{week, "week"sv}, std::pair{month, "month"sv},
                      std::pair{year, "year"sv}};
}

/// The local day of a moment.
Day day_of(Timestamp moment, const std::string& time_zone);

/// The local period that a moment is in. Its name is `2026-06-21`, `2026-W25` (ISO), `2026-06` or `2026`.
struct Span {
    std::string name{};
    Timestamp start{};
    Timestamp end{};
};
Span span_of(Timestamp moment, Period period, const std::string& time_zone);
/// From the one that `from` is in to the one before `to`, at most `most` (the newest of them).
std::vector<Span> spans(Timestamp from, Timestamp to, Period period, const std::string& time_zone,
                        std::size_t most);

/// What charging and the house came to in a period. A session counts where it began; costs are sums of what
/// is stated of each session, to the cent.
struct Sum {
    Span span{};
    std::size_t sessions = 0;
    sessions::Totals charging{};
    Balance site{};
};
/// sessions, days: of all spans at least; spans: in order, next to each other.
std::vector<Sum> sum_up(const std::vector<Span>& spans, const std::vector<SessionRow>& sessions,
                        const std::vector<DayBalance>& days);

/// Adds what a session came to. Emissions are only known where those of all are.
void add(sessions::Totals& sum, const sessions::Totals& more, bool first);

}  // namespace sunherd::history
