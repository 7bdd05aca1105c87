#include "engine/reason_text.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace sunherd::engine;

TEST_CASE("every reason is a sentence in both languages, each its own") {
    std::set<std::string> sentences;
    for (const auto& [code, word] : enum_words(ReasonCode{})) {
        const auto text = to_text({.code = code}, "garages");
        INFO(word);
        CHECK(text.english.size() > 10);
        CHECK(text.german.size() > 10);
        CHECK(text.english.back() == '.');
        CHECK(text.german.back() == '.');
        CHECK(sentences.insert(text.english).second == (code != ReasonCode::circuit_fuse));
    }
}

TEST_CASE("a reason names the fuse, the phase and the numbers") {
    Reason reason{.code = ReasonCode::main_fuse,
                  .target_a = 9.5,
                  .circuit = 0,
                  .phase = 1,
                  .limit_a = 25,
                  .over_by_a = 3.1};
    auto text = to_text(reason, "main");
    CHECK(text.english == "L2 of the main fuse (25 A) allows no more than 9.5 A.");
    CHECK(text.german == "L2 der Hauptsicherung (25 A) lässt nicht mehr als 9,5 A zu.");
    CHECK(text.next == "less load on L2");
    reason.code = ReasonCode::circuit_fuse;
    reason.circuit = 2;
    text = to_text(reason, "garages");
    CHECK(text.english == "L2 of the fuse of garages (25 A) allows no more than 9.5 A.");
}

TEST_CASE("a reason that ends by itself says when") {
    Reason reason{.code = ReasonCode::surplus_waiting,
                  .power_w = 4400.4,
                  .needed_w = 4140,
                  .remaining = Instant(39100)};
    CHECK(to_text(reason, "").next == "starts in 40 s if the sun stays");
    CHECK(to_text(reason, "").english == "The surplus of 4400 W is enough; starts in 40 s if it stays.");
    reason = {.code = ReasonCode::grid_stale, .age = Instant(12000)};
    CHECK(to_text(reason, "").english ==
          "The grid meter has said nothing for 12 s; nothing is raised without it.");
}
