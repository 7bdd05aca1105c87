#include "influx_setup.hpp"

#include "http/http.hpp"

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <iterator>
#include <random>
#include <stdexcept>
#include <thread>
#include <vector>

namespace sunherd::ctl {
namespace {

using nlohmann::json;

constexpr auto kUser = "admin";
constexpr std::int64_t kDayS = 24LL * 3600;
constexpr std::int64_t kTwoYearsS = 730 * kDayS;
constexpr std::chrono::seconds kPatience{60};

std::string random_secret() {
    static constexpr char kDigits[] = "0123456789abcdef";
    std::random_device random;
    std::string secret;
    for (int i = 0; i < 48; ++i) {
        secret += kDigits[random() % 16];
    }
    return secret;
}

std::string first_line(const std::filesystem::path& file) {
    std::ifstream in(file);
    std::string line;
    std::getline(in, line);
    return line;
}

void write_secret(const std::filesystem::path& file, const std::string& secret) {
    const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
    const auto line = secret + '\n';
    const bool written =
        descriptor >= 0 && ::write(descriptor, line.data(), line.size()) == static_cast<ssize_t>(line.size());
    if (descriptor >= 0) {
        ::close(descriptor);
    }
    if (!written) {
        throw std::runtime_error(file.string() + ": can't be written");
    }
}

std::string secret_of(const std::filesystem::path& file) {
    auto secret = first_line(file);
    if (secret.empty()) {
        secret = random_secret();
        write_secret(file, secret);
    }
    return secret;
}

class Api {
  public:
    explicit Api(std::string url) : url_(std::move(url)) {}
    void authorize(const std::string& token) { token_ = token; }

    json get(const std::string& path) { return call("GET", path, nullptr); }
    json post(const std::string& path, const json& body) { return call("POST", path, body); }
    json patch(const std::string& path, const json& body) { return call("PATCH", path, body); }

    void await_up() {
        const auto until = std::chrono::steady_clock::now() + kPatience;
        for (;;) {
            http::Request request;
            request.url = url_ + "/health";
            const auto answer = client_.send(request);
            if (answer && answer->status == 200) {
                return;
            }
            if (std::chrono::steady_clock::now() > until) {
                throw std::runtime_error("no InfluxDB answers at " + url_ +
                                         "; is it running, is the address right?");
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(500));
        }
    }

  private:
    json call(const std::string& method, const std::string& path, const json& body) {
        http::Request request;
        request.method = method;
        request.url = url_ + path;
        request.headers = {"Content-Type: application/json"};
        if (!token_.empty()) {
            request.headers.push_back("Authorization: Token " + token_);
        }
        request.body = body.is_null() ? "" : body.dump();
        const auto answer = client_.send(request);
        if (!answer) {
            throw std::runtime_error(answer.error().text);
        }
        if (answer->status / 100 != 2) {
            throw std::runtime_error(method + ' ' + path + ": InfluxDB answered " +
                                     std::to_string(answer->status) + ": " + answer->body);
        }
        return json::parse(answer->body, nullptr, false);
    }

    std::string url_;
    std::string token_;
    http::Client client_;
};

/// The element of that name.
std::optional<json> named(const json& list, const std::string& name) {
    for (const auto& each : list) {
        if (each.value("name", "") == name) {
            return each;
        }
    }
    return std::nullopt;
}

void first_setup(Api& api, const InfluxSetup& wanted, const std::string& token) {
    api.post("/api/v2/setup", {{"username", kUser},
                               {"password", secret_of(wanted.secrets / "admin-password")},
                               {"org", wanted.org},
                               {"bucket", wanted.bucket},
                               {"token", token},
                               {"retentionPeriodSeconds", kTwoYearsS}});
    std::cout << "set up for the first time: user " << kUser << ", organisation " << wanted.org << '\n';
}

std::string bucket_id(Api& api, const std::string& org_id, const std::string& name,
                      std::int64_t retention_s) {
    const json rules =
        retention_s == 0 ? json::array() : json::array({{{"type", "expire"}, {"everySeconds", retention_s}}});
    const auto there =
        named(api.get("/api/v2/buckets?limit=100&orgID=" + org_id).value("buckets", json::array()), name);
    if (!there) {
        std::cout << "bucket " << name << " made\n";
        return api.post("/api/v2/buckets", {{"orgID", org_id}, {"name", name}, {"retentionRules", rules}})
            .at("id");
    }
    std::string id = there->at("id");
    const auto now = there->value("retentionRules", json::array());
    const std::int64_t now_s = now.empty() ? 0 : now[0].value("everySeconds", std::int64_t{0});
    if (now_s != retention_s) {
        std::cout << "bucket " << name << ": retention " << retention_s / kDayS << " days\n";
        api.patch("/api/v2/buckets/" + id, {{"retentionRules", rules}});
    }
    return id;
}

std::string replaced(std::string text, const std::string& what, const std::string& by) {
    for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size()) {
        text.replace(at, what.size(), by);
    }
    return text;
}

void set_up_tasks(Api& api, const std::string& org_id, const InfluxSetup& wanted) {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(wanted.tasks)) {
        if (entry.path().extension() == ".flux") {
            files.push_back(entry.path());
        }
    }
    std::sort(files.begin(), files.end());
    const auto there = api.get("/api/v2/tasks?limit=500&orgID=" + org_id).value("tasks", json::array());
    for (const auto& file : files) {
        std::ifstream in(file);
        const auto flux = replaced({std::istreambuf_iterator<char>(in), {}}, "BUCKET", wanted.bucket);
        const auto begin = flux.find("name: \"") + 7;
        const auto name = flux.substr(begin, flux.find('"', begin) - begin);
        const auto task = named(there, name);
        if (!task) {
            std::cout << "task " << name << " made\n";
            api.post("/api/v2/tasks", {{"orgID", org_id}, {"flux", flux}, {"status", "active"}});
        } else if (task->value("flux", "") != flux) {
            std::cout << "task " << name << " changed\n";
            api.patch("/api/v2/tasks/" + task->at("id").get<std::string>(), {{"flux", flux}});
        }
    }
}

/// Of what a service may do, no more. The database tells a token only when it makes it.
void set_up_token(Api& api, const std::string& org_id, const std::filesystem::path& file,
                  const std::string& action, const std::vector<std::string>& bucket_ids) {
    if (!first_line(file).empty()) {
        return;
    }
    json permissions = json::array();
    for (const auto& id : bucket_ids) {
        permissions.push_back(
            {{"action", action}, {"resource", {{"type", "buckets"}, {"id", id}, {"orgID", org_id}}}});
    }
    const auto made =
        api.post("/api/v2/authorizations", {{"orgID", org_id},
                                            {"description", "sunherd " + file.filename().string()},
                                            {"permissions", permissions}});
    write_secret(file, made.at("token"));
    std::cout << file.filename().string() << " made\n";
}

}  // namespace

void set_up_influx(const InfluxSetup& wanted) {
    std::filesystem::create_directories(wanted.secrets);
    Api api(wanted.url);
    api.await_up();
    const auto token = wanted.admin_token_file ? first_line(*wanted.admin_token_file)
                                               : secret_of(wanted.secrets / "admin-token");
    if (api.get("/api/v2/setup").value("allowed", false)) {
        first_setup(api, wanted, token);
    }
    api.authorize(token);
    const auto org = named(
        api.get("/api/v2/orgs?org=" + http::encoded(wanted.org)).value("orgs", json::array()), wanted.org);
    if (!org) {
        throw std::runtime_error("InfluxDB has no organisation " + wanted.org);
    }
    const std::string org_id = org->at("id");
    const std::vector<std::string> buckets{bucket_id(api, org_id, wanted.bucket, kTwoYearsS),
                                           bucket_id(api, org_id, wanted.bucket + "_1m", kTwoYearsS),
                                           bucket_id(api, org_id, wanted.bucket + "_5m", kTwoYearsS),
                                           bucket_id(api, org_id, wanted.bucket + "_1h", 0)};
    set_up_tasks(api, org_id, wanted);
    secret_of(wanted.secrets / "grafana-password");
    set_up_token(api, org_id, wanted.secrets / "write-token", "write", {buckets.front()});
    set_up_token(api, org_id, wanted.secrets / "read-token", "read", buckets);
}

}  // namespace sunherd::ctl
