#include "prober.hpp"

#include "devices/device.hpp"
#include "tcp_probe.hpp"

#include <algorithm>
#include <optional>

namespace sunherd {

namespace {
constexpr std::chrono::milliseconds kConnectTimeout{300};
constexpr std::chrono::milliseconds kAnswerTimeout{1000};
constexpr std::size_t kAtOnce = 64;
}  // namespace

Prober::Prober(site::Discovery range, std::vector<std::string> known_hosts,
               std::function<void(FoundEvse)> on_found)
    : range_(std::move(range)),
      known_hosts_(std::move(known_hosts)),
      on_found_(std::move(on_found)),
      thread_([this] { run(); }) {}

Prober::~Prober() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        if (asking_ != nullptr) {
            asking_->interrupt();
        }
    }
    wake_.notify_one();
    thread_.join();
}

void Prober::look_now() {
    {
        const std::lock_guard lock(mutex_);
        look_now_ = true;
    }
    wake_.notify_one();
}

void Prober::forget(const std::string& host) {
    const std::lock_guard lock(mutex_);
    ignored_.erase(host);
}

bool Prober::stopping() {
    const std::lock_guard lock(mutex_);
    return stopping_;
}

void Prober::run() {
    while (!stopping()) {
        look();
        std::unique_lock lock(mutex_);
        wake_.wait_for(lock, range_.every, [this] { return stopping_ || look_now_; });
        look_now_ = false;
    }
}

std::vector<std::string> Prober::addresses_to_look_at() {
    std::set<std::string> known;
    for (const std::string& host : known_hosts_) {
        known.insert(resolve_ipv4(host).value_or(host));  // each time: a name may get a new address
    }
    auto hosts = ipv4_range(range_.first_host, range_.last_host);
    const std::lock_guard lock(mutex_);
    const auto skip = [&](const std::string& host) {
        return known.contains(host) || ignored_.contains(host);
    };
    hosts.erase(std::remove_if(hosts.begin(), hosts.end(), skip), hosts.end());
    return hosts;
}

void Prober::look() {
    const auto hosts = addresses_to_look_at();
    for (std::size_t begin = 0; begin < hosts.size(); begin += kAtOnce) {
        const std::vector<std::string> some(
            hosts.begin() + static_cast<std::ptrdiff_t>(begin),
            hosts.begin() + static_cast<std::ptrdiff_t>(std::min(begin + kAtOnce, hosts.size())));
        const auto states = probe_tcp(some, range_.read_port, kConnectTimeout);
        for (std::size_t n = 0; n < some.size() && !stopping(); ++n) {
            if (states[n] == TcpState::open) {
                ask(some[n]);
            }
        }
        if (stopping()) {
            return;
        }
    }
}

void Prober::ask(const std::string& host) {
    modbus::ReadConnection connection({host, range_.read_port, 1, kAnswerTimeout, true});
    {
        const std::lock_guard lock(mutex_);
        if (stopping_) {
            return;
        }
        asking_ = &connection;
    }
    const auto reader = devices::make_reader("etrel-inch", connection);
    const auto identity = reader->identify();
    const auto reading = identity && identity->serial ? std::optional(reader->read()) : std::nullopt;
    {
        const std::lock_guard lock(mutex_);
        asking_ = nullptr;
        if (stopping_ || !reading || !*reading) {
            return;
        }
        ignored_.insert(host);
    }
    const auto connectors = (*reading)->values[devices::Quantity::connector_count].value_or(1);
    on_found_({host, *identity, std::clamp(static_cast<int>(connectors), 1, 2)});
}

}  // namespace sunherd
