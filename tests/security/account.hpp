#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <string>

namespace sunherd::testing {

/// One MQTT 5 connection with an account, byte by byte and one thing after another: what the broker says to
/// each publish, and what it delivers. (Debian's Mosquitto ends the connection after it has refused a
/// publish; Paho forgets then what is under way.)
class Account {
  public:
    struct Options {
        std::uint16_t port = 0;
        std::string user{};
        std::string password{};
        std::string client_id{};  ///< empty: the broker chooses one
    };
    /// Throws std::runtime_error with the broker's reason code where it does not get in.
    explicit Account(Options options);
    ~Account();
    Account(const Account&) = delete;
    Account& operator=(const Account&) = delete;

    /// QoS 1; whether the broker took it. Where it ends the connection, a new one is made.
    bool publish(const std::string& topic, const std::string& payload, bool retained = false);
    void subscribe(const std::string& filter);
    /// Topics that were delivered, all of what other accounts published before.
    std::set<std::string> received();

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace sunherd::testing
