#include "shard.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using sunherd::influx::Shard;

TEST_CASE("each site belongs to one shard, whatever their number, and they are even") {
    for (const std::uint32_t count : {1U, 2U, 3U, 7U}) {
        std::vector<int> sites(count);
        for (int site = 0; site < 1000; ++site) {
            int owners = 0;
            for (std::uint32_t index = 0; index < count; ++index) {
                const bool has = Shard{.index = index, .count = count}.has("site-" + std::to_string(site));
                owners += has ? 1 : 0;
                sites[index] += has ? 1 : 0;
            }
            CHECK(owners == 1);
        }
        for (const int share : sites) {
            CHECK(share > 700 / static_cast<int>(count));
        }
    }
}

TEST_CASE("a shard is written 2/3, from 1/1 on; nonsense is none") {
    const auto shard = Shard::parse("2/3");
    REQUIRE(shard);
    CHECK(shard->index == 1);
    CHECK(shard->count == 3);
    CHECK(Shard::parse("1/1"));
    for (const char* text : {"", "/", "0/3", "4/3", "1/", "1", "a/b", "1/3x", "-1/3", "1/0"}) {
        INFO(text);
        CHECK_FALSE(Shard::parse(text));
    }
}
