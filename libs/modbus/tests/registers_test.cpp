#include "modbus/registers.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <rapidcheck.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>
#include <map>

using namespace sunherd::modbus;
using Words = std::vector<std::uint16_t>;

namespace {

constexpr auto kHigh = WordOrder::high_first;
constexpr auto kLow = WordOrder::low_first;

std::optional<double> decoded(Type type, const Words& words, WordOrder order = kHigh,
                              std::optional<std::uint64_t> none = std::nullopt) {
    return decode(type, order, words, none);
}

struct IntegerType {
    Type type;
    double lowest;
    double highest;
};
const std::vector<IntegerType> kIntegers{
    {Type::u16, 0, 65535},
    {Type::i16, -32768, 32767},
    {Type::u32, 0, 4294967295},
    {Type::i32, -2147483648.0, 2147483647},
    {Type::acc32, 0, 4294967295},
    {Type::u48, 0, 281474976710655},
    {Type::u64, 0, 1LL << 53},
    {Type::i64, -(1LL << 53), 1LL << 53},
    {Type::sm16, -32767, 32767},
    {Type::sm32, -2147483647, 2147483647},
    {Type::sm48, -140737488355327, 140737488355327},
    {Type::sunssf, -10, 10},
};

}  // namespace

TEST_CASE("values of the manuals") {
    CHECK(decoded(Type::f32, {0x4166, 0x6666}).value() == Approx(14.4));
    CHECK(decoded(Type::f32, {0x8000, 0xC4BB}, kLow) == -1500);
    CHECK(decoded(Type::f64, {0x4097, 0x7000, 0, 0}) == 1500);
    CHECK(decoded(Type::i64, {0, 0, 24040, 63560}) == 1575549000);
    CHECK(decoded(Type::i32, {0xC568, 0xFFFF}, kLow) == -15000);
    CHECK(decoded(Type::u32, {0x86A0, 0x0001}, kLow) == 100000);
    CHECK(decoded(Type::sm48, {0x8000, 0x0016, 0xE360}) == -1500000);
    CHECK(decoded(Type::sm16, {0x83DE}) == -990);
    CHECK(decoded(Type::u48, {0, 1, 0x86A0}) == 100000);
    CHECK(decoded(Type::sunssf, {0xFFFE}) == -2);
    CHECK(decoded(Type::acc32, {0, 0}) == 0);
}

TEST_CASE("a value that the device doesn't have is absent") {
    CHECK_FALSE(decoded(Type::i16, {0x8000}, kHigh, 0x8000));
    CHECK_FALSE(decoded(Type::u32, {0xFFFF, 0xFFFF}, kLow, 0xFFFFFFFF));
    CHECK(decoded(Type::u16, {0x8000}, kHigh, 0xFFFF) == 32768);
    CHECK_FALSE(decoded(Type::sunssf, {0x8000}));
    CHECK_FALSE(decoded(Type::sunssf, {11}));
}

TEST_CASE("what isn't finite is absent, and -0 is 0") {
    CHECK_FALSE(decoded(Type::f32, {0x7FC0, 0}));
    CHECK_FALSE(decoded(Type::f32, {0x7F80, 0}));
    CHECK_FALSE(decoded(Type::f32, {0xFF80, 0}));
    CHECK_FALSE(decoded(Type::f64, {0x7FF8, 0, 0, 1}));
    CHECK_FALSE(std::signbit(decoded(Type::f32, {0x8000, 0}).value()));
    CHECK_FALSE(std::signbit(decoded(Type::sm16, {0x8000}).value()));
}

TEST_CASE("each integer comes back from its registers, in both word orders") {
    const bool holds = rc::check([] {
        const auto& [type, lowest, highest] = *rc::gen::elementOf(kIntegers);
        const auto order = *rc::gen::element(kHigh, kLow);
        const double part = *rc::gen::inRange(0, 1'000'001) / 1e6;
        const double value = std::round(lowest + part * (highest - lowest));
        const auto words = encode(type, order, value);
        RC_ASSERT(words.size() == width(type));
        RC_ASSERT(decode(type, order, words) == value);
    });
    CHECK(holds);
}

TEST_CASE("each finite float comes back from its registers, in both word orders") {
    const bool holds = rc::check([](float value, double precise) {
        const auto order = *rc::gen::element(kHigh, kLow);
        RC_PRE(std::isfinite(value) && std::isfinite(precise));
        RC_ASSERT(decode(Type::f32, order, encode(Type::f32, order, static_cast<double>(value))) ==
                  static_cast<double>(value));
        RC_ASSERT(decode(Type::f64, order, encode(Type::f64, order, precise)) == precise);
    });
    CHECK(holds);
}

TEST_CASE("any registers decode to something finite or to nothing") {
    const bool holds = rc::check([](const std::array<std::uint16_t, 4>& words) {
        for (const auto type :
             {Type::u16, Type::i16, Type::u32, Type::i32, Type::u48, Type::u64, Type::i64, Type::f32,
              Type::f64, Type::acc32, Type::sunssf, Type::sm16, Type::sm32, Type::sm48}) {
            const auto value = decode(type, kHigh, words);
            RC_ASSERT(!value || std::isfinite(*value));
        }
    });
    CHECK(holds);
}

TEST_CASE("an integer too large for its type is held at the type's limit") {
    CHECK(decoded(Type::i16, encode(Type::i16, kHigh, -40000)) == -32768);
    CHECK(decoded(Type::u16, encode(Type::u16, kHigh, -1)) == 0);
    CHECK(decoded(Type::u16, encode(Type::u16, kHigh, 1e9)) == 65535);
    CHECK(decoded(Type::sm16, encode(Type::sm16, kHigh, -1e9)) == -32767);
}

TEST_CASE("text ends at the first NUL and is printable") {
    CHECK(decode_text(Words{12590, 12594, 11829, 0, 0}) == "1.12.5");
    CHECK(decode_text(Words{0x2041, 0x0742, 0x2000, 0x4343}) == "AB");
    CHECK(decode_text(Words{0x0041, 0x4242}).empty());
    CHECK(decode_text(Words{}).empty());
    CHECK(decode_wide_text(Words{0x31, 0x32, 0x33, 0, 0x34}) == "123");
    CHECK(decode_wide_text(Words{0x3100, 0x32}) == "2");
}

TEST_CASE("all worked examples of the reference pages decode to what they say") {
    const char* shared = std::getenv("SUNHERD_SHARED");
    const std::filesystem::path root = shared != nullptr ? shared : SUNHERD_SOURCE_DIR "/../shared";
    std::ifstream file(root / "reference/data/worked_examples.json");
    if (!file) {
        WARN("skipped: no reference/data/worked_examples.json in " << root << " (see SUNHERD_SHARED)");
        return;
    }
    const std::map<std::string, Type> types{{"int16", Type::i16},   {"uint16", Type::u16},
                                            {"int32", Type::i32},   {"uint32", Type::u32},
                                            {"int64", Type::i64},   {"uint64", Type::u64},
                                            {"float32", Type::f32}, {"sign_magnitude48", Type::sm48}};
    const auto examples = nlohmann::json::parse(file);
    for (const auto& example : examples.at("modbus")) {
        INFO(example.dump());
        const Words words = example.at("words");
        if (example.at("type") == "ascii") {
            CHECK(decode_text(words) == example.at("expected"));
            continue;
        }
        const auto order = example.at("word_order") == "little" ? kLow : kHigh;
        const auto value = decode(types.at(example.at("type")), order, words);
        REQUIRE(value);
        CHECK(std::abs(*value - example.at("expected").get<double>()) <=
              example.at("tolerance").get<double>());
    }
}
