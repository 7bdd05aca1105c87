#include "market.hpp"

#include <catch2/catch.hpp>

using namespace sunherd;
using namespace sunherd::simulator;
using namespace std::chrono_literals;

namespace {

topics::Timestamp utc(const char* text) {
    return *topics::parse_rfc3339(text);
}

}  // namespace

TEST_CASE("prices of the played time are told as of now, as much faster as it is played") {
    Market market(std::make_shared<house::BuiltInPrices>(), 10, "Europe/Berlin");
    const auto now = utc("2027-03-01T08:00:00Z");
    const auto played = utc("2026-06-21T10:05:00Z");  // 12:05 in Berlin
    const auto first = market.look({now, played});
    REQUIRE(first.now);
    CHECK(first.now->valid_from == now - 30s);
    CHECK(first.now->valid_until == now + 60s);
    REQUIRE(first.forecast);
    CHECK(first.forecast->slots.size() == 48);  // to midnight
    CHECK(first.forecast->slots.front().price_per_kwh == first.now->price_per_kwh);
    CHECK(first.forecast->slots.back().end == now + std::chrono::seconds(11h + 55min) / 10);

    const auto same = market.look({now + 59s, played + 590s});
    CHECK_FALSE(same.now);
    CHECK_FALSE(same.forecast);
    const auto next = market.look({now + 60s, played + 600s});
    REQUIRE(next.now);
    CHECK(next.now->valid_from == now + 60s);
    CHECK_FALSE(next.forecast);

    const auto afternoon = market.look({now + 330s, played + 55min});  // 13:00: tomorrow's come out
    REQUIRE(afternoon.forecast);
    CHECK(afternoon.forecast->slots.size() == 44 + 96);
}

TEST_CASE("where the recording has no price, none is told") {
    Market market(std::make_shared<house::RecordedPrices>("EUR", std::vector<topics::PriceSlot>{}), 1, "UTC");
    const auto news = market.look({utc("2027-03-01T08:00:00Z"), utc("2026-06-21T10:05:00Z")});
    CHECK_FALSE(news.now);
    CHECK_FALSE(news.forecast);
}
