#include "site_files.hpp"

#include <catch2/catch.hpp>

using namespace sunherd::site;
using namespace sunherd::site::testing;
using Texts = std::vector<std::string>;

namespace {

Texts problems_with(const std::string& section) {
    return problems_of(with_master("", section + '\n'));
}

}  // namespace

TEST_CASE("a tariff says what energy costs, or whose slots say it") {
    CHECK(problems_with("tariff: { energy_per_kwh: 0.3 }").empty());
    CHECK(problems_with("tariff: { slots: market, fees_per_kwh: 0.12, tax_pct: 19 }").empty());
    CHECK(problems_with("tariff: { tax_pct: 19 }") ==
          Texts{"site.yaml:5: tariff: wants energy_per_kwh, or slots for prices that are published"});
    CHECK(problems_with("tariff: { slots: market, energy_per_kwh: 0.3 }") ==
          Texts{"site.yaml:5: tariff: energy_per_kwh can't stand beside slots, which say it"});
    CHECK(problems_with("tariff: { slots: site }") ==
          Texts{"site.yaml:5: tariff.slots: tariff/site/… is what comes out of this section; name the "
                "market's"});
}

TEST_CASE("times of a tariff are whole and have a price") {
    CHECK(problems_with("tariff:\n  energy_per_kwh: 0.3\n  times:\n"
                        "    - { from: \"22:00\", to: \"06:00\", days: [mon], energy_per_kwh: 0.2 }\n"
                        "    - { season_from: \"10-01\", season_to: \"02-29\", fees_per_kwh: 0.1 }")
              .empty());
    CHECK(problems_with("tariff:\n  energy_per_kwh: 0.3\n  times:\n    - { from: \"22:00\", season_from: "
                        "\"02-30\", season_to: \"03-01\" }") ==
          Texts{"site.yaml:8: tariff.times[0]: to is missing: from and to go together",
                "site.yaml:8: tariff.times[0]: there is no day 02-30",
                "site.yaml:8: tariff.times[0]: has no price; say energy_per_kwh, fees_per_kwh or "
                "feed_in_per_kwh"});
    CHECK(problems_with("tariff:\n  slots: market\n  times:\n    - { energy_per_kwh: 0.2 }") ==
          Texts{"site.yaml:8: tariff.times[0].energy_per_kwh: can't stand beside tariff.slots, which say "
                "it"});
}

TEST_CASE("whoever lets others reach it says who they are, or what everybody may") {
    CHECK(problems_with("http: { bind: 127.0.0.1 }").empty());
    CHECK(problems_with("http: { bind: \"::1\" }").empty());
    CHECK(problems_with("http: { bind: 0.0.0.0, anonymous: view }").empty());
    CHECK(problems_with("http: { bind: 0.0.0.0, users: [{ name: ann, password_hash: \"$y$j9T$x\" }] }")
              .empty());
    CHECK(problems_with("http: { bind: 0.0.0.0 }") ==
          Texts{"site.yaml:5: http.bind: lets others reach it: name http.users (or http.jwt), or say what "
                "everybody may with http.anonymous"});
    for (const auto* key : {"hosts: [a.example]", "trusted_proxies: [127.0.0.1]", "base_path: /energy/"}) {
        INFO(key);
        CHECK(problems_with(std::string("http: { ") + key + " }").size() == 1);
        CHECK(problems_with(std::string("http: { anonymous: view, ") + key + " }").empty());
    }
    CHECK(problems_with("http: { bind: \"1.2\", anonymous: none, trusted_proxies: [\"::1::2\"] }").size() ==
          2);
}

TEST_CASE("users differ, and their passwords are hashed") {
    CHECK(problems_with("http: { users: [{ name: ann, password_hash: secret }, { name: ann, "
                        "password_hash: \"$y$j9T$x\" }] }") ==
          Texts{"site.yaml:5: http.users[0].password_hash: is no hash of a password; `sunherdctl password` "
                "makes one",
                "site.yaml:5: http.users[1].name: there is another user ann"});
}

TEST_CASE("a token's key fits its algorithm") {
    const std::string rest = ", audience: sunherd, key: \"0123456789abcdef0123456789abcdef\" } }";
    CHECK(problems_with("http: { jwt: { algorithm: HS256" + rest).empty());
    CHECK(problems_with("http: { jwt: { algorithm: RS256" + rest) ==
          Texts{"site.yaml:5: http.jwt.key: must be a public key in PEM for RS256, beginning with BEGIN "
                "PUBLIC KEY"});
    CHECK(problems_with("http: { jwt: { algorithm: none" + rest).size() == 1);
}
