#include "delivery.hpp"

#include <catch2/catch.hpp>
#include <rapidcheck.h>

#include <set>

using namespace sunherd::influx;
using Kind = Answer::Kind;

namespace {

Lines numbered(int count) {
    Lines lines;
    for (int i = 0; i < count; ++i) {
        lines.text += "m n=" + std::to_string(i) + "i 1\n";
        lines.ends.push_back(lines.text.size());
    }
    return lines;
}

std::vector<std::string> split(std::string_view text) {
    std::vector<std::string> lines;
    while (!text.empty()) {
        const auto end = text.find('\n') + 1;
        lines.emplace_back(text.substr(0, end));
        text.remove_prefix(end);
    }
    return lines;
}

/// Stores what it takes; some lines it refuses, of some it dies.
struct FakeDatabase {
    std::set<std::string> refused{};
    std::set<std::string> deadly{};
    int failing_from = 1 << 30;  ///< from so many requests on it is away
    std::vector<std::string> stored{};
    int requests = 0;

    Answer write(std::string_view text) {
        if (++requests > failing_from) {
            return {.kind = Kind::passing, .silent = true, .text = "away"};
        }
        const auto lines = split(text);
        for (const auto& line : lines) {
            if (deadly.contains(line)) {
                return {.kind = Kind::failing, .text = "InfluxDB answered 500: internal error"};
            }
        }
        for (const auto& line : lines) {
            if (refused.contains(line)) {
                return {.kind = Kind::refused, .text = "InfluxDB answered 400: unable to parse"};
            }
        }
        stored.insert(stored.end(), lines.begin(), lines.end());
        return {.kind = Kind::stored};
    }
    Outcome take(const Lines& lines, bool suspicious = false) {
        return Delivery([this](std::string_view text) { return write(text); }).deliver(lines, suspicious);
    }
};

}  // namespace

TEST_CASE("a good batch is one request") {
    FakeDatabase database;
    const auto outcome = database.take(numbered(5000));
    CHECK(outcome.done);
    CHECK(outcome.written == 5000);
    CHECK(database.requests == 1);
    CHECK(outcome.trouble.text.empty());
}

TEST_CASE("no lines, no request") {
    FakeDatabase database;
    CHECK(database.take(numbered(0)).done);
    CHECK(database.requests == 0);
}

TEST_CASE("whichever lines are refused, they are found, and all others are stored in order") {
    CHECK(rc::check([] {
        const int count = *rc::gen::inRange(1, 200);
        const auto bad = *rc::gen::container<std::set<int>>(rc::gen::inRange(0, count));
        FakeDatabase database;
        std::vector<std::string> good;
        const auto lines = numbered(count);
        for (int i = 0; i < count; ++i) {
            const auto line = split(lines.text)[static_cast<std::size_t>(i)];
            if (bad.contains(i)) {
                database.refused.insert(line);
            } else {
                good.push_back(line);
            }
        }
        const auto outcome = database.take(lines);
        RC_ASSERT(outcome.done);
        RC_ASSERT(database.stored == good);
        RC_ASSERT(outcome.written == good.size());
        RC_ASSERT(outcome.dead.size() == bad.size());
        for (const auto& letter : outcome.dead) {
            RC_ASSERT(database.refused.contains(letter.line));
            RC_ASSERT(letter.why.find("unable to parse") != std::string::npos);
        }
    }));
}

TEST_CASE("one bad line of 5,000 costs few requests") {
    FakeDatabase database;
    database.refused = {"m n=1234i 1\n"};
    CHECK(database.take(numbered(5000)).done);
    CHECK(database.requests < 30);
}

TEST_CASE("a database that goes away in between gets all of it later, and nothing is declared dead") {
    for (int requests = 0; requests < 12; ++requests) {
        FakeDatabase database;
        database.refused = {"m n=3i 1\n"};
        database.failing_from = requests;
        const auto outcome = database.take(numbered(64));
        CHECK_FALSE(outcome.done);
        CHECK(outcome.trouble.silent);
    }
}

TEST_CASE("a partial write is counted, and not sent again") {
    int requests = 0;
    Delivery delivery([&](std::string_view) {
        ++requests;
        return Answer{
            .kind = Kind::partial, .left_out = 2, .text = "partial write: field type conflict dropped=2"};
    });
    const auto outcome = delivery.deliver(numbered(10), false);
    CHECK(outcome.done);
    CHECK(outcome.written == 8);
    CHECK(outcome.left_out == 2);
    CHECK(requests == 1);
}

TEST_CASE("a 500 is the server's fault at first") {
    FakeDatabase database;
    database.deadly = {"m n=5i 1\n"};
    const auto outcome = database.take(numbered(10));
    CHECK_FALSE(outcome.done);
    CHECK(database.requests == 1);
}

TEST_CASE("again and again for the same batch, it is poison: the line is found, the others are stored") {
    FakeDatabase database;
    database.deadly = {"m n=5i 1\n", "m n=900i 1\n"};
    const auto outcome = database.take(numbered(1000), true);
    CHECK(outcome.done);
    CHECK(outcome.written == 998);
    REQUIRE(outcome.dead.size() == 2);
    CHECK(outcome.dead[0].line == "m n=5i 1\n");
    CHECK(database.requests < 80);
}

TEST_CASE("a server that answers 500 to everything is no reason to give up a line, and gets few requests") {
    int requests = 0;
    Delivery delivery([&](std::string_view) {
        ++requests;
        return Answer{.kind = Kind::failing, .text = "500"};
    });
    for (const int count : {1, 2, 7, 5000}) {
        requests = 0;
        const auto outcome = delivery.deliver(numbered(count), true);
        CHECK_FALSE(outcome.done);
        CHECK(requests < 50);
    }
}

TEST_CASE("a server that stumbled once over a good line costs no line") {
    int failures = 4;  // for the batch, its half and one line, and once more at the end
    FakeDatabase database;
    Delivery delivery([&](std::string_view text) {
        const bool has_it = text.find("m n=0i") != std::string_view::npos;
        return has_it && --failures > 0 ? Answer{.kind = Kind::failing, .text = "500"} : database.write(text);
    });
    const auto outcome = delivery.deliver(numbered(4), true);
    CHECK(outcome.done);
    CHECK(outcome.dead.empty());
    CHECK(database.stored.size() == 4);
}
