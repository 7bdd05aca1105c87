#include "drain.hpp"

#include <algorithm>
#include <random>

namespace sunherd::influx {
namespace {

using namespace std::chrono_literals;
using Steady = std::chrono::steady_clock;

constexpr auto kBatchAge = 1000ms;
constexpr auto kFirstPause = 500ms;
constexpr auto kLongestPause = 5000ms;
constexpr std::chrono::seconds kMostPatience{300};  // whatever the server asks for
constexpr int kFailuresToSuspect = 5;
constexpr std::size_t kShownBad = 20;

}  // namespace

Drain::Drain(spool::Spool& spool, Database& database, DeadLetters& dead_letters, LineOptions options,
             std::function<std::string()> utc, std::function<void(Report)> on_report)
    : spool_(spool),
      database_(database),
      dead_letters_(dead_letters),
      writer_(std::move(options)),
      utc_(std::move(utc)),
      on_report_(std::move(on_report)),
      delivery_([this](std::string_view lines) { return database_.write(lines); }),
      backoff_(kFirstPause, kLongestPause, std::random_device{}()),
      thread_([this] { run(); }) {}

Drain::~Drain() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    database_.interrupt();
    changed_.notify_all();
    thread_.join();
}

void Drain::wake() {
    const std::lock_guard lock(mutex_);
    changed_.notify_all();
}

void Drain::run() {
    while (wait_for_batch()) {
        write_next();
    }
}

bool Drain::wait_for_batch() {
    std::unique_lock lock(mutex_);
    const bool already = spool_.waiting_bytes() > 0;
    changed_.wait(lock, [this] { return stopping_ || spool_.waiting_bytes() > 0; });
    changed_.wait_until(lock, (already ? read_at_ : Steady::now()) + kBatchAge,
                        [this] { return stopping_ || spool_.waiting_bytes() >= kBatchBytes; });
    return !stopping_;
}

void Drain::pause(std::chrono::milliseconds time) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, time, [this] { return stopping_; });
}

/// Read anew at each try, so that what came meanwhile is in it.
void Drain::write_next() {
    read_at_ = Steady::now();
    Report report;
    const auto batch = spool_.read(spool_.released(), kBatchBytes);
    if (!batch) {
        report.disk_trouble = batch.error().text;
        on_report_(std::move(report));
        pause(kLongestPause);
        return;
    }
    make_lines(*batch, report);
    const bool suspicious = failures_in_a_row_ > 0 && failures_in_a_row_ % kFailuresToSuspect == 0;
    report.outcome = delivery_.deliver(lines_, suspicious);
    const bool done = report.outcome.done;
    const auto trouble = report.outcome.trouble;
    if (done) {
        finish(*batch, report);
    }
    on_report_(std::move(report));
    if (!done) {
        failures_in_a_row_ = trouble.kind == Answer::Kind::failing ? failures_in_a_row_ + 1 : 0;
        pause(pause_after(trouble));
    }
}

/// A fault of ours must not end the same way again and again: this message is then left out, and told.
tl::expected<std::size_t, std::string> Drain::append(const Record& record) {
    const auto before = lines_.text.size();
    try {
        return writer_.append(record.topic, record.payload, lines_.text);
    } catch (const std::exception& error) {
        lines_.text.resize(before);
        return tl::unexpected(std::string("internal error: ") + error.what());
    }
}

void Drain::make_lines(const spool::Batch& batch, Report& report) {
    lines_.clear();
    report.damaged_bytes = batch.damaged_bytes;
    for (const auto text : batch.records) {
        const auto record = parse_record(text);
        const auto added = record ? append(*record) : tl::unexpected(std::string("no record of ours"));
        if (!added) {
            if (report.bad_messages++ < kShownBad) {
                report.bad.emplace_back(record ? record->topic : "", added.error());
            }
            continue;
        }
        for (auto at = lines_.ends.empty() ? 0 : lines_.ends.back(); at < lines_.text.size();) {
            at = lines_.text.find('\n', at) + 1;
            lines_.ends.push_back(at);
        }
    }
}

void Drain::finish(const spool::Batch& batch, Report& report) {
    failures_in_a_row_ = 0;
    backoff_.reset();
    if (!report.outcome.dead.empty()) {
        report.disk_trouble = dead_letters_.add(report.outcome.dead, utc_());
    }
    if (auto released = spool_.release(batch.end); !released) {
        report.disk_trouble = released.error().text;
    }
}

std::chrono::milliseconds Drain::pause_after(const Answer& trouble) {
    const auto wish = std::min(trouble.retry_after.value_or(0s), kMostPatience);
    return std::max<std::chrono::milliseconds>(backoff_.next(), wish);
}

}  // namespace sunherd::influx
