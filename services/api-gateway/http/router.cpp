#include "http/router.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <optional>
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
    const auto variables = [](const Route& route) { return std::ranges::count(route.parts, "{}"); };
    Route route{method, parts_of(pattern), least, std::move(handler)};
    const auto place = std::ranges::upper_bound(routes_, variables(route), {}, variables);
    routes_.insert(place, std::move(route));
}

boost::asio::awaitable<Response> Router::answer(Request request) const {
    const auto parts = parts_of(request.path);
    const bool head = request.method == "HEAD";
    const std::string method = head ? "GET" : request.method;
    std::set<std::string> allowed;
    const Handler* handler = nullptr;
    // The route that says most of the path by name has it, whatever its method.
    std::optional<std::size_t> variables;
    for (const auto& route : routes_) {
        std::vector<std::string> captured;
        if (!fits(route.parts, parts, captured) || (variables && captured.size() != *variables)) {
            continue;
        }
        variables = captured.size();
        allowed.insert(route.method);
        if (route.method == method && request.who.role < route.least) {
            co_return no_right(request, route.least);
        }
        if (route.method == method) {
            handler = &route.handler;
            request.captured = std::move(captured);
        }
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
