#include "support/real_home_assistant.hpp"

#include "support/asking.hpp"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <regex>
#include <stdexcept>

namespace sunherd::testing {
namespace {

constexpr std::chrono::minutes kInstallation{8};
constexpr int kNotInstalled = 3;

[[noreturn]] void skip(const std::string& why) {
    std::printf("skipped: %s\n", why.c_str());
    std::fflush(stdout);
    std::_Exit(77);
}

std::string tools() {
    const char* shared = std::getenv("SUNHERD_SHARED");  // NOLINT(concurrency-mt-unsafe)
    const std::string folder =
        std::filesystem::absolute(shared != nullptr ? shared : SUNHERD_SOURCE_DIR "/../shared")
            .lexically_normal() /
        "tools";
    if (!std::filesystem::exists(folder + "/ha-check")) {
        skip("no ha-check below " + folder + "; set SUNHERD_SHARED");
    }
    return folder;
}

}  // namespace

void RealHomeAssistant::skip_without_tools() {
    tools();
}

RealHomeAssistant::RealHomeAssistant(const Options& options) {
    // The tool for the newest one sees only the current directory of ours.
    std::string command =
        "cd '" + directory_.path().string() + "' && exec '" + tools() + '/' + options.tool +
        "' --hold --output report.json --broker 127.0.0.1:" + std::to_string(options.broker_port) +
        " --username " + options.user + " --password '" + options.password + '\'';
    if (!options.version.empty()) {
        command += " --ha-version " + options.version;
    }
    process_ = std::make_unique<Process>(std::vector<std::string>{"sh", "-c", command});
    const auto is_up = [&] {
        return process_->await_output(", token ", std::chrono::seconds(1)) || !process_->running();
    };
    ask_until(is_up, kInstallation);
    const auto output = process_->output();
    std::smatch found;
    if (!std::regex_search(output, found, std::regex("runs on (\\S+), token (\\S+);"))) {
        if (process_->wait_exit() == kNotInstalled) {
            skip("Home Assistant can't be installed here: " + output);
        }
        throw std::runtime_error(options.tool + ": " + output);
    }
    base_ = found[1];
    token_ = found[2];
    std::ifstream(directory_.path() / "report.json") >> report_;
}

RealHomeAssistant::~RealHomeAssistant() {
    process_->signal(SIGINT);  // it ends Home Assistant, too
    process_->wait_exit(std::chrono::seconds(40));
}

std::vector<std::string> RealHomeAssistant::findings() const {
    std::vector<std::string> all;
    for (const auto& finding : report_.at("findings")) {
        if (finding.at("level") != "info") {
            all.push_back(finding.at("kind").get<std::string>() + ": " +
                          finding.at("message").get<std::string>());
        }
    }
    for (const auto& line : report_.at("log")) {
        all.push_back("log: " + line.dump());
    }
    return all;
}

http::Response RealHomeAssistant::send(const std::string& method, const std::string& path,
                                       const std::string& body) {
    auto response =
        client_.send({.method = method,
                      .url = base_ + path,
                      .headers = {"Authorization: Bearer " + token_, "Content-Type: application/json"},
                      .body = body});
    if (!response) {
        throw std::runtime_error(response.error().text);
    }
    return *response;
}

std::optional<std::string> RealHomeAssistant::state(const std::string& entity) {
    const auto response = send("GET", "/api/states/" + entity, "");
    if (response.status != 200) {
        return std::nullopt;
    }
    return nlohmann::json::parse(response.body).at("state").get<std::string>();
}

bool RealHomeAssistant::await_state(const std::string& entity, const std::string& wanted,
                                    std::chrono::milliseconds deadline) {
    return ask_until([&] { return state(entity) == wanted; }, deadline);
}

void RealHomeAssistant::call(const std::string& domain, const std::string& service,
                             const nlohmann::json& data) {
    const auto response = send("POST", "/api/services/" + domain + '/' + service, data.dump());
    if (response.status != 200) {
        throw std::runtime_error(domain + '.' + service + ": " + std::to_string(response.status) + ' ' +
                                 response.body);
    }
}

}  // namespace sunherd::testing
