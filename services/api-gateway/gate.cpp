#include "gate.hpp"

#include "http/target.hpp"
#include "jwt_check.hpp"
#include "site/addresses.hpp"
#include "topics/text.hpp"

#include <boost/asio/ip/address.hpp>

#include <algorithm>
#include <array>
#include <cctype>

namespace sunherd::api {
namespace {

using site::is_address;
using site::is_loopback;
using topics::trimmed;

std::string lower(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return out;
}

/// `energy.example.org:8080` without its port; `[::1]:8080` without brackets.
std::string host_name(std::string_view host) {
    if (host.starts_with('[')) {
        return lower(host.substr(1, host.find(']') - 1));
    }
    return lower(host.substr(0, host.find(':')));
}

/// The last of a list, which the nearest proxy wrote.
std::string_view last_of(std::string_view list) {
    const auto comma = list.rfind(',');
    return trimmed(comma == std::string_view::npos ? list : list.substr(comma + 1));
}

/// `8080` of `[::1]:8080`; empty: none is said.
std::string_view port_of(std::string_view host) {
    const auto name_end = host.find(']');
    const auto colon = host.find(':', name_end == std::string_view::npos ? 0 : name_end);
    return colon == std::string_view::npos ? std::string_view{} : host.substr(colon + 1);
}

/// `https://energy.example.org` against the host we are called by. Proxies may leave the port out of that.
bool is_same_origin(std::string_view origin, std::string_view host) {
    const auto scheme = origin.find("://");
    if (scheme == std::string_view::npos) {
        return false;
    }
    const auto theirs = origin.substr(scheme + 3);
    const bool both = !port_of(theirs).empty() && !port_of(host).empty();
    return host_name(theirs) == host_name(host) && (!both || port_of(theirs) == port_of(host));
}

/// A proxy, named to us or not, says so or speaks HTTP/1.0, as browsers don't.
bool comes_by_proxy(const web::Request& request, unsigned version) {
    static constexpr std::array kSaidBy{
        "forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip"};
    return version < 11 ||
           std::ranges::any_of(kSaidBy, [&](const auto* name) { return !request.header(name).empty(); });
}

bool changes_something(const std::string& method) {
    return method != "GET" && method != "HEAD" && method != "OPTIONS";
}

}  // namespace

std::string cookie(std::string_view header, std::string_view name) {
    while (!header.empty()) {
        const auto pair = trimmed(header.substr(0, header.find(';')));
        header.remove_prefix(std::min(header.size(), header.find(';') == std::string_view::npos
                                                         ? header.size()
                                                         : header.find(';') + 1));
        if (pair.size() > name.size() && pair.starts_with(name) && pair[name.size()] == '=') {
            return std::string(pair.substr(name.size() + 1));
        }
    }
    return {};
}

bool Gate::is_our_name(std::string_view host) const {
    const auto name = host_name(host);
    return name == "localhost" || is_address(name) ||
           std::ranges::any_of(settings_.hosts, [&](const auto& ours) { return lower(ours) == name; });
}

bool Gate::trusts(const std::string& address) const {
    boost::system::error_code error;
    const auto peer = boost::asio::ip::make_address(address, error);
    return !error && std::ranges::any_of(settings_.trusted_proxies, [&](const auto& proxy) {
        return boost::asio::ip::make_address(proxy, error) == peer && !error;
    });
}

web::Role Gate::anonymous(const web::Request& request) const {
    const bool closed =
        request.by_proxy || !is_loopback(settings_.bind) || !settings_.users.empty() || settings_.jwt;
    switch (settings_.anonymous.value_or(closed ? site::Access::none : site::Access::control)) {
        case site::Access::control:
            return web::Role::control;
        case site::Access::view:
            return web::Role::view;
        case site::Access::none:
            break;
    }
    return web::Role::none;
}

std::optional<web::Identity> Gate::identify(const web::Request& request) const {
    const auto authorization = request.header("authorization");
    constexpr std::string_view kBearer = "Bearer ";
    if (authorization.starts_with(kBearer) && settings_.jwt) {
        const auto now_s =
            std::chrono::duration_cast<std::chrono::seconds>(clock_.utc().time_since_epoch()).count();
        return check_token(*settings_.jwt, std::string(authorization.substr(kBearer.size())), now_s);
    }
    // Without tokens of ours, what is no bearer's is a proxy's own.
    if (!authorization.empty() && (settings_.jwt || authorization.starts_with(kBearer))) {
        return std::nullopt;
    }
    const auto token = cookie(request.header("cookie"), kCookie);
    if (auto who = token.empty() ? std::nullopt : logins_.find(token, clock_.now())) {
        return who;
    }
    return web::Identity{.name = {}, .role = anonymous(request)};
}

/// Another site's page may neither change something, nor listen, nor have us work: it may only lead here.
std::optional<web::Response> Gate::refuse_foreign(const web::Request& request,
                                                  const std::string& host) const {
    const auto origin = request.header("origin");
    const bool acts = changes_something(request.method) || !request.header("upgrade").empty();
    const bool asks_for_data =
        request.path.starts_with("/api/") && request.header("sec-fetch-mode") != "navigate";
    const bool foreign = (!origin.empty() && !is_same_origin(origin, host) && acts) ||
                         (request.header("sec-fetch-site") == "cross-site" && (acts || asks_for_data));
    return foreign ? std::optional(web::problem(403, "this comes from another site's page")) : std::nullopt;
}

std::variant<web::Request, web::Response> Gate::admit(const web::RawRequest& raw,
                                                      const std::string& address) const {
    web::Request request;
    request.method = std::string(raw.method_string());
    request.client = address;
    request.body = raw.body();
    for (const auto& field : raw) {
        request.headers.insert_or_assign(
            lower(std::string_view(field.name_string().data(), field.name_string().size())),
            std::string(field.value()));
    }
    request.by_proxy = trusts(address) || comes_by_proxy(request, raw.version());
    std::string host(request.header("host"));
    if (trusts(address)) {
        if (const auto client = last_of(request.header("x-forwarded-for")); is_address(std::string(client))) {
            request.client = client;
        }
        if (const auto forwarded = last_of(request.header("x-forwarded-host")); !forwarded.empty()) {
            host = forwarded;
        }
        request.secure = last_of(request.header("x-forwarded-proto")) == "https";
    }
    if (!is_our_name(host)) {
        return web::problem(
            421, "we are not called " + host.substr(0, 100) + "; name it in http.hosts of the site file");
    }
    auto target = web::parse_target(std::string_view(raw.target().data(), raw.target().size()));
    if (!target) {
        return web::problem(400, "this is no path of ours");
    }
    if (settings_.base_path != "/" && (target->path + '/').starts_with(settings_.base_path)) {
        target->path = "/" + (target->path + '/').substr(settings_.base_path.size());
        target->path.pop_back();
        target->path = target->path.empty() ? "/" : target->path;
    }
    request.path = std::move(target->path);
    request.query = std::move(target->query);
    if (auto foreign = refuse_foreign(request, host)) {
        return std::move(*foreign);
    }
    auto who = identify(request);
    if (!who) {
        auto refused = web::problem(401, "the token is not valid here");
        refused.headers.emplace_back("WWW-Authenticate", "Bearer error=\"invalid_token\"");
        return refused;
    }
    request.who = std::move(*who);
    return request;
}

}  // namespace sunherd::api
