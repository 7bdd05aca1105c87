#pragma once

#include "account.hpp"
#include "support/broker.hpp"

#include <map>
#include <string>

namespace sunherd::testing {

/// The broker as people run it, by mosquitto/run-broker, with one more account in its ACL: `probe`, who may
/// do everything.
class ProductBroker {
  public:
    /// security: `acl` or `dynsec`.
    explicit ProductBroker(const std::string& security, std::map<std::string, std::string> environment = {});
    ~ProductBroker();
    ProductBroker(const ProductBroker&) = delete;
    ProductBroker& operator=(const ProductBroker&) = delete;

    void start();
    void stop();

    std::uint16_t port() const { return port_; }
    std::uint16_t tls_port() const { return tls_port_; }
    std::filesystem::path data() const { return directory_.path() / "data"; }
    std::filesystem::path ca_file() const { return data() / "tls" / "ca.crt"; }
    std::string password(const std::string& account) const;
    Account::Options login(const std::string& account) const;
    /// A script of mosquitto/, in the folder that this broker was started from; its output.
    std::string run(const std::string& script, const std::vector<std::string>& arguments);
    std::string output() const { return process_->output(); }

  private:
    TemporaryDirectory directory_;
    std::uint16_t port_ = 0;
    std::uint16_t tls_port_ = 0;
    std::map<std::string, std::string> environment_;
    std::unique_ptr<Process> process_;
};

}  // namespace sunherd::testing
