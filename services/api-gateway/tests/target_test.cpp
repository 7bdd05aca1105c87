#include "http/target.hpp"

#include <catch2/catch.hpp>

#include <random>

using namespace sunherd::web;

TEST_CASE("paths and parameters are decoded") {
    const auto target = parse_target("/api/v1/chargers/g%61rage?from=2026-06-21&vehicle=J%C3%BCrgen+s&x&=1");
    REQUIRE(target);
    CHECK(target->path == "/api/v1/chargers/garage");
    CHECK(target->query ==
          std::map<std::string, std::string>{{"from", "2026-06-21"}, {"vehicle", "Jürgen s"}, {"x", ""}});
    CHECK(parse_target("/a%2525")->path == "/a%25");
}

TEST_CASE("what climbs, hides or is cut is refused") {
    for (const auto* text : {"",
                             "a",
                             "http://x/",
                             "/../etc/passwd",
                             "/a/../b",
                             "/a/..",
                             "/%2e%2e/etc",
                             "/.%2E/etc",
                             "/a/%2e%2e%2fb",
                             "/a\\b",
                             "/a%5c..%5cb",
                             "/%00",
                             "/a%0d%0aX: y",
                             "/%",
                             "/%4",
                             "/%zz",
                             "/%c3",
                             "/%ed%a0%80",
                             "/%c0%af",
                             "/a?x=%00",
                             "/a?x=%ff",
                             "/./a"}) {
        INFO(text);
        CHECK_FALSE(parse_target(text));
    }
    std::string many = "/?";
    for (int i = 0; i < 100; ++i) {
        many += "a" + std::to_string(i) + "=1&";
    }
    CHECK_FALSE(parse_target(many));
}

TEST_CASE("whatever comes, what is accepted is UTF-8 without control characters") {
    std::minstd_rand random(11);
    for (int round = 0; round < 20'000; ++round) {
        std::string text = "/";
        for (auto n = random() % 20; n > 0; --n) {
            text += random() % 3 == 0 ? std::string("%") + "0123456789abcdefg"[random() % 17] +
                                            "0123456789ABCDEF"[random() % 16]
                                      : std::string(1, "/.?&=+%a\\\x80\xc3"[random() % 11]);
        }
        if (const auto target = parse_target(text)) {
            REQUIRE(is_utf8(target->path));
            REQUIRE(target->path.find("..") != 0);
            REQUIRE(("/" + target->path + "/").find("/../") == std::string::npos);
            for (const char c : target->path) {
                REQUIRE(static_cast<unsigned char>(c) >= 0x20);
            }
        }
    }
}
