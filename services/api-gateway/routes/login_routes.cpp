#include "parts.hpp"
#include "routes/answers.hpp"
#include "topics/payload_guard.hpp"

#include <boost/asio/post.hpp>
#include <nlohmann/json.hpp>

namespace sunherd::api {
namespace {

namespace net = boost::asio;
using web::Request;
using web::Response;
using web::Role;

constexpr std::size_t kMostPasswordBytes = 200;
constexpr std::size_t kMostNameBytes = 64;

std::string_view word(Role role) {
    return role == Role::control ? "control" : role == Role::view ? "view" : "none";
}

std::string cookie_text(const Request& request, const std::string& token, long max_age_s,
                        const std::string& path) {
    return std::string(Gate::kCookie) + '=' + token + "; Path=" + path +
           "; HttpOnly; SameSite=Strict; Max-Age=" + std::to_string(max_age_s) +
           (request.secure ? "; Secure" : "");
}

Response who_response(const Parts& parts, const web::Identity& who) {
    Json json{{"role", word(who.role)}, {"anonymous", who.name.empty()}};
    if (!who.name.empty()) {
        json["name"] = who.name;
    }
    json["login"] = !parts.site.http.users.empty();
    return json_response(json);
}

net::awaitable<Response> login(const Request& request, Parts& parts) {
    const auto body = topics::parse_guarded(request.body).value_or(nlohmann::json());
    const bool shaped = body.is_object() && body.contains("name") && body["name"].is_string() &&
                        body.contains("password") && body["password"].is_string() &&
                        body["password"].get_ref<const std::string&>().size() <= kMostPasswordBytes &&
                        body["name"].get_ref<const std::string&>().size() <= kMostNameBytes;
    if (!request.header("content-type").starts_with("application/json")) {
        co_return web::problem(415, "send application/json");
    }
    if (!shaped) {
        co_return web::problem(400, "send {\"name\": …, \"password\": …}");
    }
    const auto name = body["name"].get<std::string>();
    const auto password = body["password"].get<std::string>();
    if (*parts.checks >= Parts::kMostChecks) {
        co_return web::problem(503, "others are logging in; try again in a moment");
    }
    if (!parts.logins.may_try(request.client, name, parts.clock.now())) {
        auto refused = web::problem(429, "too many attempts; wait half a minute");
        refused.headers.emplace_back("Retry-After", std::to_string(Logins::kWait.count()));
        co_return refused;
    }
    const auto& users = parts.site.http.users;
    const auto user =
        std::find_if(users.begin(), users.end(), [&](const auto& each) { return each.name == name; });
    if (users.empty()) {
        co_return web::problem(401, "nobody can log in here; the site file names no http.users");
    }
    // Who isn't there is compared with somebody who is, so that it takes as long.
    const std::string hash = user == users.end() ? users.front().password_hash : user->password_hash;
    const web::Held being_checked(parts.checks);
    auto right_asked = parts.desk.aside([password, hash] { return is_password(password, hash); });
    const bool right = co_await std::move(right_asked);
    if (!right || user == users.end()) {
        co_return web::problem(401, "no such name, or another password");
    }
    parts.logins.succeeded(request.client, name);
    const web::Identity who{.name = name,
                            .role = user->role == site::Access::control ? Role::control : Role::view};
    auto response = who_response(parts, who);
    const auto lasts = std::chrono::duration_cast<std::chrono::seconds>(Logins::kLasts).count();
    response.headers.emplace_back(
        "Set-Cookie",
        cookie_text(request, parts.logins.begin(who, parts.clock.now()), lasts, parts.site.http.base_path));
    co_return response;
}

}  // namespace

void add_login_routes(web::Router& router, Parts& parts) {
    router.add("POST", "/api/v1/login", Role::none,
               [&parts](const Request& request) { return login(request, parts); });
    router.add("POST", "/api/v1/logout", Role::none,
               [&parts](const Request& request) -> net::awaitable<Response> {
                   parts.logins.end(cookie(request.header("cookie"), Gate::kCookie));
                   auto response = who_response(parts, {.name = {}, .role = parts.gate.anonymous(request)});
                   response.headers.emplace_back("Set-Cookie",
                                                 cookie_text(request, "", 0, parts.site.http.base_path));
                   co_return response;
               });
    router.add("GET", "/api/v1/me", Role::none, [&parts](const Request& request) -> net::awaitable<Response> {
        co_return who_response(parts, request.who);
    });
}

}  // namespace sunherd::api
