#include "influx_writer.hpp"

#include <algorithm>
#include <cctype>
#include <random>
#include <utility>

namespace sunherd::influx {
namespace {

constexpr std::size_t kMostWaiting = 100'000;
constexpr std::size_t kBatchLines = 5'000;
/// Proxies in front of a database refuse bodies above 1 MiB unless told otherwise.
constexpr std::size_t kBatchBytes = 512UL * 1024;
constexpr std::chrono::milliseconds kBatchAge{1000};
constexpr std::chrono::milliseconds kFirstPause{500};
constexpr std::chrono::milliseconds kLongestPause{5000};
constexpr std::size_t kShownBytes = 300;

std::string percent_encoded(const std::string& text) {
    static constexpr char kDigits[] = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (std::isalnum(byte) != 0 || c == '-' || c == '_' || c == '.') {
            out += c;
        } else {
            out += {'%', kDigits[byte >> 4U], kDigits[byte & 0xFU]};
        }
    }
    return out;
}

/// Worth another try: the server is away, busy, or not yet set up right.
bool is_passing(int status) {
    return status >= 500 || status == 429 || status == 401 || status == 403 || status == 404;
}

}  // namespace

InfluxWriter::InfluxWriter(site::Influx target, std::function<void(Report)> on_report)
    : target_(std::move(target)),
      on_report_(std::move(on_report)),
      backoff_(kFirstPause, kLongestPause, std::random_device{}()),
      thread_([this] { run(); }) {}

InfluxWriter::~InfluxWriter() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    http_.interrupt();
    changed_.notify_all();
    thread_.join();
}

void InfluxWriter::add(std::string line) {
    const std::lock_guard lock(mutex_);
    lines_.push_back(std::move(line));
    if (lines_.size() > kMostWaiting) {
        lines_.pop_front();
        ++dropped_;
    }
    if (lines_.size() == 1 || lines_.size() == kBatchLines) {
        changed_.notify_all();
    }
}

std::size_t InfluxWriter::finish(std::chrono::milliseconds limit) {
    std::unique_lock lock(mutex_);
    finishing_ = true;
    changed_.notify_all();
    changed_.wait_for(lock, limit, [this] { return done_; });
    return lines_.size() + in_hand_;
}

/// True when there is something to write: a full batch, or the oldest line has waited long enough.
bool InfluxWriter::wait_for_batch(std::unique_lock<std::mutex>& lock) {
    const auto hurry = [this] { return stopping_ || finishing_; };
    changed_.wait(lock, [&] { return hurry() || !lines_.empty(); });
    changed_.wait_for(lock, kBatchAge, [&] { return hurry() || lines_.size() >= kBatchLines; });
    return !stopping_ && !lines_.empty();
}

std::string InfluxWriter::take_batch() {
    std::string body;
    for (in_hand_ = 0; !lines_.empty() && in_hand_ < kBatchLines && body.size() < kBatchBytes; ++in_hand_) {
        body += lines_.front();
        body += '\n';
        lines_.pop_front();
    }
    return body;
}

void InfluxWriter::run() {
    std::unique_lock lock(mutex_);
    bool delivered = true;
    while (delivered && wait_for_batch(lock)) {
        const std::string body = take_batch();
        lock.unlock();
        delivered = deliver(body);
        lock.lock();
        in_hand_ = delivered ? 0 : in_hand_;
    }
    done_ = true;
    changed_.notify_all();
}

bool InfluxWriter::is_finishing() {
    const std::lock_guard lock(mutex_);
    return finishing_;
}

/// Until it is written or refused for good; false where it had to give up, at the end.
bool InfluxWriter::deliver(const std::string& body) {
    while (true) {
        const bool last_try = is_finishing();  // before it is sent: the end brings one more try
        Report report = send(body);
        const bool again = !report.trouble.empty() && !report.refused;
        on_report_(std::move(report));
        if (!again) {
            backoff_.reset();
            return true;
        }
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, backoff_.next(), [this] { return stopping_ || finishing_; });
        if (stopping_ || last_try) {
            return false;
        }
    }
}

InfluxWriter::Report InfluxWriter::send(const std::string& body) {
    const auto response = http_.send(request(body));
    const std::lock_guard lock(mutex_);
    Report report;
    report.dropped = std::exchange(dropped_, 0);
    if (!response) {
        report.silent = true;
        report.trouble = response.error().text;
    } else if (response->status >= 200 && response->status < 300) {
        report.written = in_hand_;
    } else {
        report.trouble = "InfluxDB answered " + std::to_string(response->status) + ": " +
                         response->body.substr(0, kShownBytes);
        report.refused = !is_passing(response->status);
        report.dropped += report.refused ? in_hand_ : 0;
    }
    return report;
}

http::Request InfluxWriter::request(const std::string& body) const {
    http::Request request;
    request.method = "POST";
    request.url = target_.url + "/api/v2/write?org=" + percent_encoded(target_.org) +
                  "&bucket=" + percent_encoded(target_.bucket) + "&precision=ms";
    request.headers = {"Authorization: Token " + target_.token, "Content-Type: text/plain; charset=utf-8"};
    request.body = body;
    return request;
}

}  // namespace sunherd::influx
