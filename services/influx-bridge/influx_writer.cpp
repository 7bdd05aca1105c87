#include "influx_writer.hpp"

#include <algorithm>
#include <cctype>
#include <utility>
#include <vector>

namespace sunherd::influx {
namespace {

constexpr std::size_t kMostWaiting = 100'000;
constexpr std::size_t kBatchLines = 5'000;
constexpr std::chrono::milliseconds kBatchAge{1000};
constexpr std::chrono::milliseconds kFirstPause{500};
constexpr std::chrono::milliseconds kLongestPause{30000};
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
    : target_(std::move(target)), on_report_(std::move(on_report)), thread_([this] { run(); }) {}

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

std::size_t InfluxWriter::waiting() const {
    const std::lock_guard lock(mutex_);
    return lines_.size();
}

/// True when there is something to write: a full batch, or the oldest line has waited long enough.
bool InfluxWriter::wait_for_batch(std::unique_lock<std::mutex>& lock) {
    changed_.wait(lock, [this] { return stopping_ || !lines_.empty(); });
    changed_.wait_for(lock, kBatchAge, [this] { return stopping_ || lines_.size() >= kBatchLines; });
    return !stopping_;
}

void InfluxWriter::run() {
    std::unique_lock lock(mutex_);
    while (wait_for_batch(lock)) {
        std::vector<std::string> batch;
        while (!lines_.empty() && batch.size() < kBatchLines) {
            batch.push_back(std::move(lines_.front()));
            lines_.pop_front();
        }
        lock.unlock();
        std::string body;
        for (const auto& line : batch) {
            body += line + '\n';
        }
        while (!send(body, batch.size())) {
            pause();
            lock.lock();
            const bool stop = stopping_;
            lock.unlock();
            if (stop) {
                return;
            }
        }
        lock.lock();
    }
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

/// True when the batch is dealt with: written, or refused for good.
bool InfluxWriter::send(const std::string& body, std::size_t lines) {
    const auto response = http_.send(request(body));
    Report report;
    {
        const std::lock_guard lock(mutex_);
        report.dropped = std::exchange(dropped_, 0);
    }
    const bool written = response && response->status >= 200 && response->status < 300;
    const bool again = !response || is_passing(response->status);
    if (written) {
        report.written = lines;
        failures_ = 0;
    } else {
        report.trouble = response ? "InfluxDB answered " + std::to_string(response->status) + ": " +
                                        response->body.substr(0, kShownBytes)
                                  : response.error().text;
        report.dropped += again ? 0 : lines;
        failures_ += again ? 1 : 0;
    }
    on_report_(std::move(report));
    return !again;
}

void InfluxWriter::pause() {
    const auto longest = std::min(kLongestPause, kFirstPause * (1 << std::min(failures_, 6)));
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, longest, [this] { return stopping_; });
}

}  // namespace sunherd::influx
