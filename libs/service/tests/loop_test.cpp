#include "service/service.hpp"

#include <catch2/catch.hpp>

#include <stdexcept>
#include <thread>

using namespace std::chrono_literals;
using sunherd::service::Loop;
using sunherd::service::Steady;

TEST_CASE("work posted from other threads runs on the loop's thread, in order") {
    Loop loop;
    std::string order;
    std::thread::id where;
    std::thread poster([&] {
        for (const char c : std::string("abc")) {
            loop.post([&order, c] { order += c; });
        }
        loop.post([&] {
            where = std::this_thread::get_id();
            loop.stop();
        });
    });
    loop.run();
    poster.join();
    CHECK(order == "abc");
    CHECK(where == std::this_thread::get_id());
}

TEST_CASE("a timer runs once, not before its time, and the earlier one first") {
    Loop loop;
    std::string order;
    const auto begin = Steady::now();
    loop.after(20ms, [&] {
        order += "late";
        loop.stop();
    });
    loop.at(begin + 5ms, [&] { order += "early "; });
    loop.run();
    CHECK(order == "early late");
    CHECK(Steady::now() - begin >= 20ms);
}

TEST_CASE("a cancelled timer doesn't run, not even when it was due already") {
    Loop loop;
    bool ran = false;
    const auto due = Steady::now();
    std::uint64_t second = 0;
    loop.at(due, [&] { loop.cancel(second); });
    second = loop.at(due, [&] { ran = true; });
    loop.after(10ms, [&] { loop.stop(); });
    loop.run();
    CHECK_FALSE(ran);
}

TEST_CASE("a period keeps to its grid: of the turns that were missed one runs late, the others not") {
    Loop loop;
    std::vector<Steady::duration> at;
    const auto begin = Steady::now();
    loop.every(10ms, [&] {
        at.push_back(Steady::now() - begin);
        if (at.size() == 1) {
            while (Steady::now() - begin < 45ms) {  // busy over three turns
            }
        } else if (at.size() == 3) {
            loop.stop();
        }
    });
    loop.run();
    REQUIRE(at.size() == 3);
    CHECK(at[0] >= 10ms);
    CHECK(at[1] >= 45ms);
    CHECK(at[2] >= 50ms);
}

TEST_CASE("a period can cancel itself") {
    Loop loop;
    int runs = 0;
    std::uint64_t timer = 0;
    timer = loop.every(1ms, [&] {
        ++runs;
        loop.cancel(timer);
    });
    loop.after(20ms, [&] { loop.stop(); });
    loop.run();
    CHECK(runs == 1);
}

TEST_CASE("after an exception the loop goes on where it was, periods too") {
    Loop loop;
    int runs = 0;
    loop.every(1ms, [&] {
        if (++runs == 1) {
            throw std::runtime_error("first");
        }
        loop.stop();
    });
    CHECK_THROWS_WITH(loop.run(), "first");
    loop.run();
    CHECK(runs == 2);
}
