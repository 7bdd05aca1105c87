#include "http/router.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <set>

namespace sunherd::web {
namespace {

std::vector<std::string> parts_of(std::string_view path) {
    std::vector<std::string> parts;
    while (!path.empty()) {
        path.remove_prefix(1);
        const auto end = std::min(path.find('/'), path.size());
        parts.emplace_back(path.substr(0, end));
        path.remove_prefix(end);
    }
    return parts;
}

bool fits(const std::vector<std::string>& pattern, const std::vector<std::string>& parts,
          std::vector<std::string>& captured) {
    if (pattern.size() != parts.size()) {
        return false;
    }
    captured.clear();
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (pattern[i] == "{}") {
            captured.push_back(parts[i]);
        } else if (pattern[i] != parts[i]) {
            return false;
        }
    }
    return true;
}

std::string joined(const std::set<std::string>& words) {
    std::string all;
    for (const auto& word : words) {
        all += all.empty() ? word : ", " + word;
    }
    return all;
}

Response no_right(const Request& request, Role least) {
    if (request.who.name.empty()) {
        auto response = problem(401, "log in first, or send a token");
        response.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"sunherd\"");
        return response;
    }
    return problem(403, least == Role::control ? request.who.name + " may look, but not command"
                                               : request.who.name + " has no right here");
}

}  // namespace

void Router::add(const std::string& method, const std::string& pattern, Role least, Handler handler) {
    routes_.push_back({method, parts_of(pattern), least, std::move(handler)});
}

boost::asio::awaitable<Response> Router::answer(Request request) const {
    const auto parts = parts_of(request.path);
    const bool head = request.method == "HEAD";
    const std::string method = head ? "GET" : request.method;
    std::set<std::string> allowed;
    const Handler* handler = nullptr;
    for (const auto& route : routes_) {
        if (handler != nullptr || !fits(route.parts, parts, request.captured)) {
            continue;
        }
        allowed.insert(route.method);
        if (route.method != method) {
            continue;
        }
        if (request.who.role < route.least) {
            co_return no_right(request, route.least);
        }
        handler = &route.handler;
        break;
    }
    if (handler == nullptr && !allowed.empty()) {
        if (allowed.contains("GET")) {
            allowed.insert("HEAD");
        }
        auto response = problem(405, request.method + " is not for " + request.path);
        response.headers.emplace_back("Allow", joined(allowed));
        co_return response;
    }
    if (handler == nullptr && otherwise_ && method == "GET") {
        handler = &otherwise_;
    }
    if (handler == nullptr) {
        co_return problem(404, "there is no " + request.path);
    }
    std::string trouble;
    try {
        auto answer = (*handler)(request);
        co_return co_await std::move(answer);
    } catch (const std::exception& error) {
        trouble = error.what();
    }
    spdlog::error("{} {}: {}", request.method, request.path, trouble);
    co_return problem(500, "the gateway has a fault; its log says more");
}

}  // namespace sunherd::web
