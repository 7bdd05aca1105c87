#include "site/addresses.hpp"
#include "site/checks.hpp"

#include <date/date.h>

#include <algorithm>
#include <array>
#include <set>

namespace sunherd::site {
namespace {

/// A leap year, since the 29th of February is a day.
bool is_day_of_year(const std::string& month_and_day) {
    const auto number = [&](std::size_t at) {
        return (month_and_day.at(at) - '0') * 10 + month_and_day.at(at + 1) - '0';
    };
    return (date::year(2024) / number(0) / number(3)).ok();
}

void check_pair(const Draft& draft, const std::string& key, const Value& node,
                std::array<const char*, 2> names) {
    const bool first = node.find(names[0]) != nullptr;
    const bool second = node.find(names[1]) != nullptr;
    if (first != second) {
        draft.add(key, std::string(names[first ? 1 : 0]) + " is missing: " + names[0] + " and " + names[1] +
                           " go together");
    }
}

void check_tariff_time(const Draft& draft, const Tariff& tariff, std::size_t index, const Value& node) {
    const auto& time = tariff.times[index];
    const std::string key = "tariff.times[" + std::to_string(index) + "]";
    check_pair(draft, key, node, {"season_from", "season_to"});
    check_pair(draft, key, node, {"from", "to"});
    for (const auto* const day : {&time.season_from, &time.season_to}) {
        if (!day->empty() && !is_day_of_year(*day)) {
            draft.add(key, "there is no day " + *day);
        }
    }
    if (!time.energy_per_kwh && !time.fees_per_kwh && !time.feed_in_per_kwh) {
        draft.add(key, "has no price; say energy_per_kwh, fees_per_kwh or feed_in_per_kwh");
    }
    if (time.energy_per_kwh && tariff.slots) {
        draft.add(key + ".energy_per_kwh", "can't stand beside tariff.slots, which say it");
    }
}

void check_tariff(const Draft& draft) {
    if (!draft.site.tariff) {
        return;
    }
    const Tariff& tariff = *draft.site.tariff;
    if (tariff.energy_per_kwh.has_value() == tariff.slots.has_value()) {
        draft.add("tariff", tariff.slots ? "energy_per_kwh can't stand beside slots, which say it"
                                         : "wants energy_per_kwh, or slots for prices that are published");
    }
    if (tariff.slots == "site") {
        draft.add("tariff.slots", "tariff/site/… is what comes out of this section; name the market's");
    }
    const Value* times = draft.root.find("tariff")->find("times");
    for (std::size_t i = 0; i < tariff.times.size(); ++i) {
        check_tariff_time(draft, tariff, i, *times->items[i]);
    }
}

void check_users(const Draft& draft) {
    std::set<std::string> names;
    const auto& users = draft.site.http.users;
    for (std::size_t i = 0; i < users.size(); ++i) {
        if (!names.insert(users[i].name).second) {
            draft.add(item_key("http.users", i, "name"), "there is another user " + users[i].name);
        }
        static constexpr std::array<std::string_view, 5> kKnown{"$y$", "$gy$", "$7$", "$2b$", "$6$"};
        if (std::none_of(kKnown.begin(), kKnown.end(),
                         [&](auto known) { return users[i].password_hash.starts_with(known); })) {
            draft.add(item_key("http.users", i, "password_hash"),
                      "is no hash of a password; `sunherdctl password` makes one");
        }
    }
}

void check_http(const Draft& draft) {
    const Http& http = draft.site.http;
    if (!is_address(http.bind)) {
        draft.add("http.bind", "is no address; write it like 127.0.0.1 or ::1");
    }
    const bool says_who = !http.users.empty() || http.jwt || http.anonymous;
    for (const auto& [key, opens] : {std::pair("bind", is_address(http.bind) && !is_loopback(http.bind)),
                                     {"hosts", !http.hosts.empty()},
                                     {"trusted_proxies", !http.trusted_proxies.empty()},
                                     {"base_path", http.base_path != "/"}}) {
        if (opens && !says_who) {
            draft.add(std::string("http.") + key,
                      "lets others reach it: name http.users (or http.jwt), or say what everybody may with "
                      "http.anonymous");
            break;
        }
    }
    for (std::size_t i = 0; i < http.trusted_proxies.size(); ++i) {
        if (!is_address(http.trusted_proxies[i])) {
            draft.add("http.trusted_proxies[" + std::to_string(i) + "]", "is no address");
        }
    }
    check_users(draft);
    if (http.jwt && http.jwt->algorithm == Jwt::Algorithm::RS256 &&
        !http.jwt->key.starts_with("-----BEGIN PUBLIC KEY")) {
        draft.add("http.jwt.key", "must be a public key in PEM for RS256, beginning with BEGIN PUBLIC KEY");
    }
}

}  // namespace

void check_market_and_http(const Draft& draft) {
    if (draft.right({"tariff"})) {
        check_tariff(draft);
    }
    if (draft.right({"http"})) {
        check_http(draft);
    }
}

}  // namespace sunherd::site
