#pragma once

#include "support/process.hpp"
#include "support/recorder.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace sunherd::testing {

/// A directory below the system's temporary one, gone at the end.
class TemporaryDirectory {
  public:
    TemporaryDirectory();
    ~TemporaryDirectory();
    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
    const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
};

void write_file(const std::filesystem::path& file, const std::string& content);
std::string first_line(const std::filesystem::path& file);

/// A TCP port on loopback that nobody uses at the moment.
std::uint16_t free_port();

struct BrokerOptions {
    /// User → password. Empty: everybody may connect, without password.
    std::map<std::string, std::string> accounts{};
    /// ACL file's text; `TestBroker::product_acl()` is ours. Absent: everybody may do everything.
    std::optional<std::string> acl{};
    /// More lines for mosquitto.conf, e.g. TLS.
    std::string more{};
};

/// Mosquitto with the product's own settings on a free loopback port.
class TestBroker {
  public:
    using Options = BrokerOptions;

    explicit TestBroker(Options options = {});

    std::uint16_t port() const { return port_; }
    /// MQTT_HOST, MQTT_PORT for a service that is to find it (account: MQTT_USER and MQTT_PASSWORD).
    std::map<std::string, std::string> environment() const;
    static std::string product_acl();
    /// All of the product's accounts with its ACL, and `recorder`, who may do everything.
    static Options product_accounts();
    static std::string password_of(const std::string& account) { return "password of " + account; }
    /// The same for a service with its account.
    std::map<std::string, std::string> environment(const std::string& account) const;

    void kill();                      ///< -9
    void stop();                      ///< SIGTERM: it saves its store
    enum class Store { kept, lost };  ///< retained messages, sessions
    void start(Store store = Store::kept);
    void pause();  ///< it hangs: sockets stay open, nothing answers
    void resume();

  private:
    void configure();

    Options options_;
    TemporaryDirectory directory_;
    std::uint16_t port_ = 0;
    std::unique_ptr<Process> process_;
};

}  // namespace sunherd::testing
