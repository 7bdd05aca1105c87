#include "support/real_influx.hpp"

#include "support/asking.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <sstream>
#include <stdexcept>

namespace sunherd::testing {
namespace {

std::vector<std::string> cells_of(const std::string& line) {
    std::vector<std::string> cells;
    std::istringstream in(line);
    for (std::string cell; std::getline(in, cell, ',');) {
        cells.push_back(cell);
    }
    return cells;
}

}  // namespace

std::string RealInflux::program() {
    static const std::string path = [] {
        const Process finder({SUNHERD_SOURCE_DIR "/tests/support/get-influxd", "--built"});
        finder.await_output("\n");
        auto line = finder.output();
        line.erase(std::find(line.begin(), line.end(), '\n'), line.end());
        return line.starts_with('/') ? line : std::string();
    }();
    return path;
}

RealInflux::RealInflux(SetUp set_up) : port_(free_port()) {
    if (program().empty()) {
        std::puts("skipped: no InfluxDB 2 here; tests/support/get-influxd builds one");
        std::exit(77);  // NOLINT(concurrency-mt-unsafe)
    }
    start();
    if (set_up == SetUp::no) {
        return;
    }
    post("/api/v2/setup",
         R"({"username":"lab","password":"labpassword","org":"lab","bucket":"lab","token":"lab-token",)"
         R"("retentionPeriodSeconds":0})");
}

void RealInflux::start() {
    const auto data = directory_.path().string();
    process_ = std::make_unique<Process>(std::vector<std::string>{
        program(), "--bolt-path", data + "/bolt", "--engine-path", data + "/engine", "--sqlite-path",
        data + "/sqlite", "--http-bind-address", "127.0.0.1:" + std::to_string(port_), "--reporting-disabled",
        "--log-level", "error"});
    http::Client client;
    http::Request health;
    health.url = url() + "/health";
    const auto is_up = [&] {
        const auto answer = client.send(health);
        return answer && answer->status == 200;
    };
    if (!ask_until(is_up, 3 * kDeadline)) {
        throw std::runtime_error("InfluxDB does not come up: " + process_->output());
    }
}

void RealInflux::kill() {
    process_->signal(9);
    process_->wait_exit();
}

http::Response RealInflux::send(const std::string& method, const std::string& path, const std::string& body,
                                const std::string& type) {
    http::Client client;
    http::Request request;
    request.method = method;
    request.url = url() + path;
    request.headers = {"Authorization: Token " + token_, "Content-Type: " + type, "Accept: application/csv"};
    request.body = body;
    request.timeout = std::chrono::seconds(60);
    const auto answer = client.send(request);
    if (!answer) {
        throw std::runtime_error(answer.error().text);
    }
    return *answer;
}

std::string RealInflux::post(const std::string& path, const std::string& body, const std::string& type) {
    const auto answer = send("POST", path, body, type);
    if (answer.status / 100 != 2) {
        throw std::runtime_error(path + ": " + std::to_string(answer.status) + ' ' + answer.body + "\nof " +
                                 body);
    }
    return answer.body;
}

void RealInflux::write(const std::string& lines, const std::string& bucket) {
    post("/api/v2/write?org=" + org_ + "&bucket=" + bucket + "&precision=ms", lines, "text/plain");
}

std::vector<std::string> RealInflux::query(const std::string& flux) {
    std::istringstream in(post("/api/v2/query?org=" + org_, flux, "application/vnd.flux"));
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line);) {
        if (!line.empty() && line.back() == '\r') {
            line.pop_back();
        }
        if (!line.empty() && !line.starts_with('#')) {
            lines.push_back(line);
        }
    }
    if (!lines.empty() &&
        lines[0].find("error,reference") != std::string::npos) {  // told as a table, with status 200
        throw std::runtime_error(lines.back() + "\nof " + flux);
    }
    return lines;
}

double RealInflux::value(const std::string& flux, double none) {
    const auto lines = query(flux);
    if (lines.size() < 2) {
        return none;
    }
    const auto names = cells_of(lines[0]);
    const auto row = cells_of(lines[1]);
    for (std::size_t i = 0; i < names.size() && i < row.size(); ++i) {
        if (names[i] == "_value") {
            return std::stod(row[i]);
        }
    }
    throw std::runtime_error("no column _value: " + lines[0]);
}

}  // namespace sunherd::testing
