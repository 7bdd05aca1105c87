#include "gate.hpp"

#include "jwt_check.hpp"
#include "service/virtual_context.hpp"

#include <catch2/catch.hpp>
#include <jwt.h>

#include <memory>

using namespace sunherd;
using namespace sunherd::api;
namespace http = boost::beast::http;

namespace {

constexpr auto kKey = "0123456789abcdef0123456789abcdef";

struct Bench {
    site::Http settings;
    service::VirtualClock clock;
    Logins logins;

    web::RawRequest raw(http::verb verb = http::verb::get, const std::string& target = "/api/v1/site") const {
        web::RawRequest request(verb, target, 11);
        request.set(http::field::host, "localhost:8080");
        return request;
    }
    std::variant<web::Request, web::Response> admit(const web::RawRequest& request,
                                                    const std::string& address = "127.0.0.1") {
        return Gate(settings, clock, logins).admit(request, address);
    }
    int status(const web::RawRequest& request) {
        const auto admitted = admit(request);
        const auto* refused = std::get_if<web::Response>(&admitted);
        return refused == nullptr ? 200 : refused->status;
    }
    web::Identity who(const web::RawRequest& request) { return std::get<web::Request>(admit(request)).who; }
};

std::string token(jwt_alg_t algorithm, const std::string& key, long exp, const char* audience = "sunherd",
                  const char* role = "control") {
    jwt_t* made = nullptr;
    jwt_new(&made);
    jwt_add_grant(made, "sub", "ann");
    if (exp != 0) {
        jwt_add_grant_int(made, "exp", exp);
    }
    jwt_add_grant(made, "aud", audience);
    jwt_add_grant(made, "role", role);
    if (algorithm != JWT_ALG_NONE) {
        jwt_set_alg(made, algorithm, reinterpret_cast<const unsigned char*>(key.data()),
                    static_cast<int>(key.size()));
    }
    const std::unique_ptr<char, decltype(&std::free)> text(jwt_encode_str(made), &std::free);
    jwt_free(made);
    return text.get();
}

}  // namespace

TEST_CASE("only our own names are answered to, and addresses") {
    Bench bench;
    bench.settings.hosts = {"Energy.Example.org"};
    for (const auto* host : {"localhost", "localhost:8080", "127.0.0.1:8080", "[::1]:8080", "192.168.1.5",
                             "energy.example.org:443"}) {
        auto request = bench.raw();
        request.set(http::field::host, host);
        INFO(host);
        CHECK(bench.status(request) == 200);
    }
    for (const auto* host : {"evil.example", "localhost.evil.example", "", "127.0.0.1.evil.example"}) {
        auto request = bench.raw();
        request.set(http::field::host, host);
        INFO(host);
        CHECK(bench.status(request) == 421);
    }
}

TEST_CASE("another site's page changes nothing, and opens no socket") {
    Bench bench;
    auto post = bench.raw(http::verb::post, "/api/v1/commands");
    CHECK(bench.status(post) == 200);
    post.set(http::field::origin, "http://localhost:8080");
    CHECK(bench.status(post) == 200);
    post.set(http::field::origin, "http://evil.example");
    CHECK(bench.status(post) == 403);
    post.set(http::field::origin, "null");
    CHECK(bench.status(post) == 403);
    post.erase(http::field::origin);
    post.set("Sec-Fetch-Site", "cross-site");
    CHECK(bench.status(post) == 403);
    auto socket = bench.raw(http::verb::get, "/api/v1/ws/live");
    socket.set(http::field::upgrade, "websocket");
    socket.set(http::field::origin, "http://evil.example");
    CHECK(bench.status(socket) == 403);
    auto get = bench.raw();
    get.set(http::field::origin, "http://evil.example");
    CHECK(bench.status(get) == 200);
    get.set("Sec-Fetch-Site", "cross-site");  // as a picture, say, that makes us work
    CHECK(bench.status(get) == 403);
    get.set("Sec-Fetch-Mode", "navigate");
    CHECK(bench.status(get) == 200);
}

TEST_CASE("a proxy may leave the port out of the host's name") {
    Bench bench;
    bench.settings.hosts = {"home.example"};
    auto post = bench.raw(http::verb::post, "/api/v1/commands");
    post.set(http::field::host, "home.example");
    post.set(http::field::origin, "https://home.example:8443");
    CHECK(bench.status(post) == 200);
    post.set(http::field::host, "home.example:8443");
    CHECK(bench.status(post) == 200);
    post.set(http::field::host, "home.example:9999");
    CHECK(bench.status(post) == 403);
}

TEST_CASE("what somebody unknown may depends on who can reach us") {
    Bench bench;
    CHECK(bench.who(bench.raw()).role == web::Role::control);
    bench.settings.users = {{.name = "ann", .password_hash = "$y$x"}};
    CHECK(bench.who(bench.raw()).role == web::Role::none);
    bench.settings.anonymous = site::Access::view;
    CHECK(bench.who(bench.raw()).role == web::Role::view);
    bench.settings = {};
    bench.settings.bind = "0.0.0.0";
    CHECK(bench.who(bench.raw()).role == web::Role::none);
    bench.settings = {};
    for (const auto* header : {"X-Forwarded-For", "Forwarded", "Via", "X-Real-IP"}) {
        INFO(header);
        auto request = bench.raw();  // a proxy on this machine, which the site file does not know
        request.set(header, "203.0.113.9");
        CHECK(bench.who(request).role == web::Role::none);
    }
    auto old = bench.raw();  // as some proxies ask
    old.version(10);
    CHECK(bench.who(old).role == web::Role::none);
    bench.settings.trusted_proxies = {"127.0.0.1"};
    CHECK(bench.who(bench.raw()).role == web::Role::none);
    bench.settings.anonymous = site::Access::control;
    CHECK(bench.who(bench.raw()).role == web::Role::control);
}

TEST_CASE("a cookie of a session stands for its user, as long as it lasts") {
    Bench bench;
    bench.settings.users = {{.name = "ann", .password_hash = "$y$x"}};
    const auto session = bench.logins.begin({.name = "ann", .role = web::Role::control}, bench.clock.now());
    auto request = bench.raw();
    request.set(http::field::cookie, "other=1; sunherd=" + session + "; more=2");
    CHECK(bench.who(request).name == "ann");
    bench.clock.pass(Logins::kLasts);
    CHECK(bench.who(request).role == web::Role::none);
    request.set(http::field::cookie, "sunherd=");
    CHECK(bench.who(request).role == web::Role::none);
}

TEST_CASE("a proxy is believed where it is named") {
    Bench bench;
    bench.settings.base_path = "/energy/";
    bench.settings.hosts = {"home.example"};
    auto request = bench.raw(http::verb::post, "/energy/api/v1/commands");
    request.set("X-Forwarded-For", "6.6.6.6, 203.0.113.9");
    request.set("X-Forwarded-Proto", "https");
    request.set("X-Forwarded-Host", "home.example");
    request.set(http::field::origin, "https://home.example");
    CHECK(bench.status(request) == 403);  // not named: its host is another
    bench.settings.trusted_proxies = {"127.0.0.1"};
    const auto admitted = std::get<web::Request>(bench.admit(request));
    CHECK(admitted.client == "203.0.113.9");
    CHECK(admitted.secure);
    CHECK(admitted.path == "/api/v1/commands");
    CHECK(std::get<web::Request>(bench.admit(bench.raw(http::verb::get, "/energy/"))).path == "/");
    CHECK(std::get<web::Request>(bench.admit(bench.raw(http::verb::get, "/energy"))).path == "/");
}

TEST_CASE("a token is valid by our key, our algorithm, in time and for us") {
    Bench bench;
    bench.settings.jwt = site::Jwt{.key = kKey, .audience = "sunherd"};
    const auto now =
        std::chrono::duration_cast<std::chrono::seconds>(bench.clock.utc().time_since_epoch()).count();
    const auto check = [&](const std::string& text) { return check_token(*bench.settings.jwt, text, now); };
    const auto good = token(JWT_ALG_HS256, kKey, now + 60);
    REQUIRE(check(good));
    CHECK(check(good)->name == "ann");
    CHECK(check(good)->role == web::Role::control);
    CHECK(check(token(JWT_ALG_HS256, kKey, now + 60, "sunherd", "view"))->role == web::Role::view);
    CHECK_FALSE(check(token(JWT_ALG_HS256, kKey, now)));
    CHECK_FALSE(check(token(JWT_ALG_HS256, kKey, 0)));
    CHECK_FALSE(check(token(JWT_ALG_HS256, kKey, now + 60, "others")));
    CHECK_FALSE(check(token(JWT_ALG_HS256, kKey, now + 60, "sunherd", "admin")));
    CHECK_FALSE(check(token(JWT_ALG_HS256, "another key of thirty-two bytes!", now + 60)));
    CHECK_FALSE(check(token(JWT_ALG_HS512, kKey, now + 60)));
    CHECK_FALSE(check(token(JWT_ALG_NONE, "", now + 60)));
    CHECK_FALSE(check(good.substr(0, good.rfind('.') + 1)));
    CHECK_FALSE(check(good.substr(0, good.size() - 4) + "AAAA"));
    CHECK_FALSE(check(""));
    CHECK_FALSE(check(std::string(10'000, 'a')));

    auto request = bench.raw();
    request.set(http::field::authorization, "Bearer " + good);
    CHECK(bench.who(request).name == "ann");
    request.set(http::field::authorization, "Bearer " + token(JWT_ALG_NONE, "", now + 60));
    CHECK(bench.status(request) == 401);
    request.set(http::field::authorization, "Basic YW5uOmFubg==");
    CHECK(bench.status(request) == 401);
    bench.settings.jwt.reset();  // then a proxy's own log-in is none of ours
    CHECK(bench.status(request) == 200);
}

TEST_CASE("a public key is no shared secret") {
    const std::string pem =
        "-----BEGIN PUBLIC KEY-----\nMFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAK5Gk2aEfDCT4w0GuPjBnQB0aEEnSDGE\n"
        "Wb0nWEv1aHhMSZBpJdmQzcFXrkYzrQvRzpHs5o2vLPJxkYp5M3+pXQcCAwEAAQ==\n-----END PUBLIC KEY-----\n";
    const site::Jwt settings{.algorithm = site::Jwt::Algorithm::RS256, .key = pem, .audience = "sunherd"};
    CHECK_FALSE(check_token(settings, token(JWT_ALG_HS256, pem, 4'000'000'000), 1'000'000'000));
}

TEST_CASE("who guesses has to wait, others need not") {
    Logins logins;
    Steady::time_point now{std::chrono::hours(1)};
    for (int i = 0; i < Logins::kFailures; ++i) {
        CHECK(logins.may_try("6.6.6.6", "ann", now));
    }
    CHECK_FALSE(logins.may_try("6.6.6.6", "ann", now));
    CHECK(logins.may_try("7.7.7.7", "ann", now));
    now += Logins::kWait + std::chrono::seconds(1);
    CHECK(logins.may_try("6.6.6.6", "ann", now));
}

TEST_CASE("a password that is known does not buy guesses at another") {
    Logins logins;
    const Steady::time_point now{std::chrono::hours(1)};
    int guesses = 0;
    for (int i = 0; i < 100; ++i) {
        guesses += logins.may_try("6.6.6.6", "ann", now) ? 1 : 0;
        if (logins.may_try("6.6.6.6", "bob", now)) {
            logins.succeeded("6.6.6.6", "bob");
        }
    }
    CHECK(guesses == Logins::kFailures);
}

TEST_CASE("many addresses are counted together: by network, and by the name they guess at") {
    Logins logins;
    const Steady::time_point now{std::chrono::hours(1)};
    int guesses = 0;
    for (int i = 0; i < 100; ++i) {
        guesses += logins.may_try("2001:db8::" + std::to_string(i), "carl", now) ? 1 : 0;
    }
    CHECK(guesses == Logins::kFailures);
    guesses = 0;
    for (int i = 0; i < 20'000; ++i) {
        guesses +=
            logins.may_try("10.1." + std::to_string(i / 250) + '.' + std::to_string(i % 250), "ann", now) ? 1
                                                                                                          : 0;
    }
    CHECK(guesses == Logins::kFailuresOfName);
    CHECK(logins.may_try("7.7.7.7", "bob", now));
}

TEST_CASE("passwords are compared with their hashes") {
    const std::string hash = "$6$rounds=1000$salt$";
    CHECK_FALSE(is_password("x", hash));
    CHECK_FALSE(is_password("x", ""));
    CHECK_FALSE(is_password("x", "*0"));
}
