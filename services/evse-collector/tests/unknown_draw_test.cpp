#include "unknown_draw.hpp"

#include <catch2/catch.hpp>

using sunherd::UnknownDraw;

TEST_CASE("a draw in the cluster that no known EVSE explains is noticed once, when it stays") {
    UnknownDraw draw;
    CHECK_FALSE(draw.begins(22, 16));
    CHECK_FALSE(draw.begins(22, 16));
    CHECK(draw.begins(22, 16));
    CHECK_FALSE(draw.begins(22, 16));
    CHECK_FALSE(draw.begins(16, 16));  // gone
    CHECK_FALSE(draw.begins(22, 16));
    CHECK_FALSE(draw.begins(22, 16));
    CHECK(draw.begins(22, 16));
}

TEST_CASE("a car that changes its current between two readings is no unknown EVSE") {
    UnknownDraw draw;
    for (int n = 0; n < 10; ++n) {
        CHECK_FALSE(draw.begins(32, 16));
        CHECK_FALSE(draw.begins(16, 16));
        CHECK_FALSE(draw.begins(18.5, 16));
    }
}

TEST_CASE("while an EVSE does not say what it draws nothing can be told") {
    UnknownDraw draw;
    for (int n = 0; n < 10; ++n) {
        CHECK_FALSE(draw.begins(32, std::nullopt));
    }
}
