#pragma once

#include "devices/reading.hpp"
#include "modbus/connection.hpp"
#include "site/site.hpp"

#include <condition_variable>
#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace sunherd {

/// An EVSE that answered where none was known, with a serial number and a status.
struct FoundEvse {
    std::string host;
    devices::Identity identity;
    int connectors = 1;
};

/// Looks for EVSEs in an address range, again and again, on a thread of its own. Leaves alone the addresses
/// it was told to ignore: a device that takes one client only must not be disturbed by a second.
class Prober {
  public:
    /// `on_found` runs on the prober's thread; the address is ignored from then on.
    Prober(site::Discovery range, std::vector<std::string> known_hosts,
           std::function<void(FoundEvse)> on_found);
    ~Prober();
    Prober(const Prober&) = delete;
    Prober& operator=(const Prober&) = delete;

    /// Begins a round at once.
    void look_now();
    /// An address that nobody answers at any more may be looked at again.
    void forget(const std::string& host);

  private:
    void run();
    void look();
    std::vector<std::string> addresses_to_look_at();
    void ask(const std::string& host);
    bool stopping();

    const site::Discovery range_;
    const std::vector<std::string> known_hosts_;
    const std::function<void(FoundEvse)> on_found_;
    std::mutex mutex_;
    std::condition_variable wake_;
    bool stopping_ = false;
    bool look_now_ = false;
    std::set<std::string> ignored_;
    modbus::ReadConnection* asking_ = nullptr;  // to interrupt it
    std::thread thread_;
};

}  // namespace sunherd
