#include "polling/schedule.hpp"

#include <algorithm>
#include <cmath>

namespace sunherd::polling {

Schedule::Entry Schedule::add(milliseconds period, milliseconds offset, bool urgent) {
    lines_.push_back({origin_ + offset, std::max(period, kShortestPeriod), urgent});
    return lines_.size() - 1;
}

std::optional<Schedule::Due> Schedule::take(TimePoint now) {
    Line* best = nullptr;
    bool best_urgent = false;
    for (Line& line : lines_) {
        if (line.due > now) {
            continue;
        }
        const bool urgent = line.urgent || now - line.due >= line.period;
        if (best == nullptr || (urgent && !best_urgent) || (urgent == best_urgent && line.due < best->due)) {
            best = &line;
            best_urgent = urgent;
        }
    }
    if (best == nullptr) {
        return std::nullopt;
    }
    const auto missed = (now - best->due) / best->period;
    best->due += (missed + 1) * best->period;
    return Due{static_cast<Entry>(best - lines_.data()), static_cast<std::uint64_t>(missed)};
}

std::optional<TimePoint> Schedule::next() const {
    const auto first = std::min_element(lines_.begin(), lines_.end(),
                                        [](const Line& a, const Line& b) { return a.due < b.due; });
    return first == lines_.end() ? std::nullopt : std::optional(first->due);
}

void Schedule::postpone(Entry entry, TimePoint until) {
    Line& line = lines_.at(entry);
    if (until > line.due) {
        const auto periods = (until - line.due + line.period - TimePoint::duration(1)) / line.period;
        line.due += periods * line.period;
    }
}

milliseconds spread(std::size_t nth, milliseconds period) {
    constexpr double kGoldenRatio = 0.6180339887498949;
    const double whole = static_cast<double>(nth) * kGoldenRatio;
    return milliseconds(
        static_cast<milliseconds::rep>((whole - std::floor(whole)) * static_cast<double>(period.count())));
}

}  // namespace sunherd::polling
