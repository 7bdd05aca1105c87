#include "delivery.hpp"

#include <algorithm>
#include <utility>

namespace sunherd::influx {
namespace {

/// With so many failed lines and none stored it is the server.
constexpr std::size_t kMostSuspects = 8;

}  // namespace

Outcome Delivery::deliver(const Lines& lines, bool suspicious) {
    Outcome outcome;
    suspects_.clear();
    open_.assign(1, {.first = 0, .last = lines.count()});
    while (!open_.empty()) {
        const auto range = open_.back();
        open_.pop_back();
        if (range.first < range.last && settle(lines, range, suspicious, outcome) == Verdict::stop) {
            return outcome;
        }
    }
    outcome.done = settle_suspects(lines, outcome) == Verdict::go_on;
    return outcome;
}

Delivery::Verdict Delivery::settle(const Lines& lines, Range range, bool suspicious, Outcome& outcome) {
    const auto count = range.last - range.first;
    auto answer = write_(lines.range(range.first, range.last));
    switch (answer.kind) {
        case Answer::Kind::stored:
            outcome.written += count;
            return Verdict::go_on;
        case Answer::Kind::partial:
            answer.left_out = std::min<std::uint64_t>(answer.left_out, count);
            outcome.written += count - answer.left_out;
            outcome.left_out += answer.left_out;
            outcome.trouble = std::move(answer);
            return Verdict::go_on;
        case Answer::Kind::passing:
            outcome.trouble = std::move(answer);
            return Verdict::stop;
        case Answer::Kind::failing:
        case Answer::Kind::refused:
            break;
    }
    outcome.trouble = answer;
    const bool failing = answer.kind == Answer::Kind::failing;
    if (failing && !suspicious) {
        return Verdict::stop;
    }
    if (count > 1) {
        const auto middle = range.first + count / 2;
        open_.push_back({.first = middle, .last = range.last});
        open_.push_back({.first = range.first, .last = middle});
        return Verdict::go_on;
    }
    if (!failing) {
        outcome.dead.push_back({std::string(lines.range(range.first, range.last)), std::move(answer.text)});
        return Verdict::go_on;
    }
    suspects_.push_back(range);
    return suspects_.size() >= kMostSuspects && outcome.written == 0 ? Verdict::stop : Verdict::go_on;
}

/// Once more each: a server that stumbles now and then must not cost good lines.
Delivery::Verdict Delivery::settle_suspects(const Lines& lines, Outcome& outcome) {
    for (const auto& suspect : suspects_) {
        const auto line = lines.range(suspect.first, suspect.last);
        auto answer = write_(line);
        if (answer.kind == Answer::Kind::passing) {
            outcome.trouble = std::move(answer);
            return Verdict::stop;
        }
        if (answer.kind == Answer::Kind::stored) {
            ++outcome.written;
        } else {
            outcome.dead.push_back({std::string(line), answer.text});
            outcome.trouble = std::move(answer);
        }
    }
    return suspects_.empty() || outcome.written > 0 ? Verdict::go_on : Verdict::stop;
}

}  // namespace sunherd::influx
