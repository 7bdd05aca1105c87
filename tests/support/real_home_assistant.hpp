#pragma once

#include "http/http.hpp"
#include "support/broker.hpp"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <vector>

namespace sunherd::testing {

/// A real Home Assistant on our broker, by the tools of $SUNHERD_SHARED (default ../shared): they install it,
/// start it with an empty configuration, and report what it made of discovery.
class RealHomeAssistant {
  public:
    struct Options {
        std::string tool = "ha-check";  ///< or `ha-check-new`
        std::string version{};          ///< empty: the newest that a Python here can run
        std::uint16_t broker_port = 0;
        std::string user{};
        std::string password{};
    };
    /// Where the tools are absent, or can't install it, the test program says so and ends with exit code 77:
    /// skipped.
    explicit RealHomeAssistant(const Options& options);
    /// The same question before something is built for it.
    static void skip_without_tools();
    ~RealHomeAssistant();
    RealHomeAssistant(const RealHomeAssistant&) = delete;
    RealHomeAssistant& operator=(const RealHomeAssistant&) = delete;

    /// The tool's report of what Home Assistant saw after it had started.
    const nlohmann::json& report() const { return report_; }
    /// Findings worse than hints, in words.
    std::vector<std::string> findings() const;
    /// What it shows now; `unavailable` where it is, absent where there is no such entity.
    std::optional<std::string> state(const std::string& entity);
    bool await_state(const std::string& entity, const std::string& state,
                     std::chrono::milliseconds deadline = kDeadline);
    /// `call("number", "set_value", {{"entity_id", …}, {"value", 10}})`
    void call(const std::string& domain, const std::string& service, const nlohmann::json& data);

  private:
    http::Response send(const std::string& method, const std::string& path, const std::string& body);

    TemporaryDirectory directory_;
    std::unique_ptr<Process> process_;
    nlohmann::json report_;
    std::string base_;
    std::string token_;
    http::Client client_;
};

}  // namespace sunherd::testing
