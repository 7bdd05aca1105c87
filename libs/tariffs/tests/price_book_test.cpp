#include "tariffs/price_book.hpp"

#include <catch2/catch.hpp>

#include <cmath>

using namespace sunherd::tariffs;
using namespace std::chrono_literals;

namespace {

const Timestamp kTen = *sunherd::topics::parse_rfc3339("2026-06-21T10:00:00Z");

PriceSlot slot(std::chrono::minutes from, std::chrono::minutes to, double price) {
    return {.start = kTen + from, .end = kTen + to, .price_per_kwh = price};
}

std::optional<double> price(const PriceBook& book, std::chrono::minutes at) {
    const auto found = book.at(kTen + at);
    return found ? std::optional(found->price_per_kwh) : std::nullopt;
}

}  // namespace

TEST_CASE("a slot holds from its start to before its end") {
    PriceBook book;
    CHECK(book.add(slot(0min, 60min, 0.1)));
    CHECK(price(book, 0min) == 0.1);
    CHECK(price(book, 59min) == 0.1);
    CHECK_FALSE(price(book, 60min));
    CHECK_FALSE(price(book, -1min));
    CHECK(book.next_after(kTen - 1h) == kTen);
    CHECK_FALSE(book.next_after(kTen));
}

TEST_CASE("the newest word counts, also where it overlaps others in part") {
    PriceBook book;
    book.add(slot(0min, 60min, 0.1));
    book.add(slot(60min, 120min, 0.2));
    book.add(slot(15min, 75min, -0.3));
    CHECK(price(book, 14min) == 0.1);
    CHECK(price(book, 15min) == -0.3);
    CHECK(price(book, 74min) == -0.3);
    CHECK(price(book, 75min) == 0.2);
    book.add(slot(30min, 45min, 0.4));  // into the middle of one
    CHECK(price(book, 29min) == -0.3);
    CHECK(price(book, 30min) == 0.4);
    CHECK(price(book, 45min) == -0.3);
    CHECK(book.size() == 5);
    book.add(slot(-60min, 600min, 0.5));
    CHECK(book.size() == 1);
}

TEST_CASE("what can't be a slot is refused") {
    PriceBook book;
    CHECK_FALSE(book.add(slot(60min, 60min, 0.1)));
    CHECK_FALSE(book.add(slot(60min, 0min, 0.1)));
    CHECK_FALSE(book.add(slot(0min, 60min, std::nan(""))));
    CHECK_FALSE(book.add(slot(0min, 24h * 400, 0.1)));
    CHECK(book.size() == 0);
}

TEST_CASE("a price without an end holds until another is told") {
    PriceBook book;
    sunherd::topics::TariffNow now;
    now.time = kTen;
    now.price_per_kwh = 0.32;
    now.valid_from = kTen - 24h * 700;
    CHECK(book.add(slot_of(now)));
    CHECK(price(book, 0min) == 0.32);
    CHECK(price(book, 24h * 30) == 0.32);
    now.valid_from = now.time = kTen + 2h;
    now.price_per_kwh = 0.28;
    CHECK(book.add(slot_of(now)));
    CHECK(price(book, 119min) == 0.32);
    CHECK(price(book, 24h * 30) == 0.28);
}

TEST_CASE("what is past can be forgotten") {
    PriceBook book;
    book.add(slot(0min, 60min, 0.1));
    book.add(slot(60min, 120min, 0.2));
    book.forget_before(kTen + 60min);
    CHECK_FALSE(price(book, 30min));
    CHECK(price(book, 60min) == 0.2);
}

TEST_CASE("what is other than before is given, to be written over what is written") {
    PriceBook book;
    CHECK(book.add(slot(0min, 60min, 0.1)) == Pieces{slot(0min, 60min, 0.1)});
    CHECK(book.add(slot(0min, 60min, 0.1)) == Pieces{});
    CHECK(book.add(slot(0min, 15min, 0.2)) == Pieces{slot(0min, 15min, 0.2), slot(15min, 60min, 0.1)});
    CHECK(book.add(slot(30min, 90min, 0.3)) == Pieces{slot(15min, 30min, 0.1), slot(30min, 90min, 0.3)});
    CHECK(book.add(slot(40min, 50min, 0.4)) ==
          Pieces{slot(30min, 40min, 0.3), slot(40min, 50min, 0.4), slot(50min, 90min, 0.3)});
}

TEST_CASE("an older word does not take the place of a newer one, but fills what that leaves") {
    PriceBook book;
    book.add(slot(30min, 60min, 0.45), kTen + 5min);
    CHECK(book.add(slot(0min, 120min, 0.30), kTen - 20h) ==
          Pieces{slot(0min, 30min, 0.30), slot(60min, 120min, 0.30)});
    CHECK(price(book, 29min) == 0.30);
    CHECK(price(book, 30min) == 0.45);
    CHECK(price(book, 60min) == 0.30);
    book.add(slot(0min, 120min, 0.20), kTen + 6min);
    CHECK(price(book, 30min) == 0.20);
    CHECK(book.size() == 1);
}

TEST_CASE("a price without an end ends where the next known slot begins, in whichever order they come") {
    sunherd::topics::TariffNow now;
    now.time = kTen + 7min;
    now.valid_from = kTen;
    now.price_per_kwh = 0.32;
    for (const bool now_first : {false, true}) {
        PriceBook book;
        if (now_first) {
            book.add(now);
        }
        for (int hour = -2; hour < 4; ++hour) {
            book.add(slot(hour * 60min, (hour + 1) * 60min, 0.1 * hour), kTen - 20h);
        }
        if (!now_first) {
            CHECK(book.add(now));
        }
        CHECK(price(book, -1min) == Approx(-0.1));
        CHECK(price(book, 0min) == 0.32);
        CHECK(price(book, 59min) == 0.32);
        CHECK(price(book, 60min) == Approx(0.1));
        CHECK(price(book, 239min) == Approx(0.3));
    }
}

TEST_CASE("a price without an end is not believed for months, and not written anew each time it is told") {
    PriceBook book;
    sunherd::topics::TariffNow now;
    now.time = kTen;
    now.valid_from = kTen - 24h * 700;
    now.price_per_kwh = 0.32;
    CHECK(book.add(now).value().size() == 2);
    CHECK(price(book, -47h) == 0.32);
    CHECK(price(book, 24h * 30) == 0.32);
    CHECK_FALSE(price(book, 24h * 32));
    now.time += 10min;
    CHECK(book.add(now) == Pieces{});
    now.time += 24h * 20;
    CHECK(book.add(now).value().size() == 1);
    CHECK(price(book, 24h * 50) == 0.32);
    now.time += 24h;
    now.price_per_kwh = 0.28;
    CHECK(book.add(now));
    CHECK(price(book, 24h * 22) == 0.28);
    CHECK_FALSE(price(book, 24h * 53));
}

TEST_CASE("what a kWh costs at most is known of any currency") {
    CHECK(most_per_kwh("EUR") < 28.5);
    CHECK(most_per_kwh("HUF") > 200);
}
