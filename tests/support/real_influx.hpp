#pragma once

#include "http/http.hpp"
#include "support/broker.hpp"

#include <memory>
#include <string>
#include <vector>

namespace sunherd::testing {

/// A real InfluxDB 2 on a free loopback port, with an organisation `lab`, a bucket `lab` and a token
/// `lab-token`.
class RealInflux {
  public:
    /// The server's program, where it can be had ($SUNHERD_INFLUXD, or built before by
    /// tests/support/get-influxd); empty where not: then a test says so and skips.
    static std::string program();

    /// Where there is none, the test program says so and ends with exit code 77: skipped.
    enum class SetUp { yes, no };
    explicit RealInflux(SetUp set_up = SetUp::yes);
    /// Whose account is used from now on.
    void use(const std::string& org, const std::string& token) {
        org_ = org;
        token_ = token;
    }

    std::uint16_t port() const { return port_; }
    std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
    void start();
    void kill();                            ///< -9
    void pause() { process_->signal(19); }  ///< it hangs
    void resume() { process_->signal(18); }
    pid_t pid() const { return process_->pid(); }

    /// Lines of CSV, without the empty ones and Flux's annotations; the first is the header.
    std::vector<std::string> query(const std::string& flux);
    /// Of the column `_value` in the first row; `none` where there is no row.
    double value(const std::string& flux, double none = 0);
    /// POST to the API; the answer's body, of a status of 2xx. Else it throws.
    std::string post(const std::string& path, const std::string& body,
                     const std::string& type = "application/json");
    void write(const std::string& lines, const std::string& bucket = "lab");
    /// The same without looking at the status.
    http::Response send(const std::string& method, const std::string& path, const std::string& body,
                        const std::string& type = "application/json");

  private:
    TemporaryDirectory directory_;
    std::string org_ = "lab";
    std::string token_ = "lab-token";
    std::uint16_t port_;
    std::unique_ptr<Process> process_;
};

}  // namespace sunherd::testing
