#include "contract_files.hpp"
#include "support/message_types.hpp"
#include "topics/codec.hpp"

#include <catch2/catch.hpp>

#include <random>

using namespace sunherd;
using namespace sunherd::testing;

namespace {

/// Breaks JSON texts in ways that networks, other programs and people do. Same seed, same texts.
class Mutator {
  public:
    Mutator(std::uint64_t seed, std::vector<Example> corpus) : random_(seed), corpus_(std::move(corpus)) {}

    std::size_t below(std::size_t end) {
        return std::uniform_int_distribution<std::size_t>(0, end - 1)(random_);
    }
    const Example& example() { return corpus_[below(corpus_.size())]; }

    std::string mutated(std::string text) {
        for (std::size_t times = below(4); times > 0 && !text.empty(); --times) {
            mutate(text);
        }
        return text;
    }

  private:
    void mutate(std::string& text) {
        const auto at = below(text.size());
        const auto length = below(std::min<std::size_t>(text.size() - at, 40)) + 1;
        switch (below(7)) {
            case 0:
                text[at] = static_cast<char>(below(256));
                break;
            case 1:
                text.erase(at, length);
                break;
            case 2:
                text.insert(at, text.substr(at, length));
                break;
            case 3:
                text.resize(at);
                break;
            case 4:
                text.insert(at, std::string(below(20), "{[\"}]"[below(5)]));
                break;
            case 5:
                replace_value(text, at);
                break;
            default:
                splice(text, at);
                break;
        }
    }

    /// The value after the next colon becomes one that readers stumble over.
    void replace_value(std::string& text, std::size_t at) {
        static const std::vector<std::string> odd_values{"null",
                                                         "true",
                                                         "-0.0",
                                                         "1e308",
                                                         "1e-320",
                                                         "-1",
                                                         "18446744073709551615",
                                                         "9223372036854775808",
                                                         "0.1",
                                                         "1e999",
                                                         "NaN",
                                                         "\"\"",
                                                         "\"\\u0000\"",
                                                         "\"\\ud800\"",
                                                         "\"2026-06-21T10:15:30+23:59\"",
                                                         "\"C\"",
                                                         "{}",
                                                         "[]",
                                                         "[{}]",
                                                         "{\"L1\":1}",
                                                         "{\"L1\":-0}",
                                                         "{\"\":{}}"};
        const auto colon = text.find(':', at);
        if (colon != std::string::npos) {
            const auto end = text.find_first_of(",}\n", colon);
            text.replace(colon + 1, end == std::string::npos ? end : end - colon - 1,
                         odd_values[below(odd_values.size())]);
        }
    }

    void splice(std::string& text, std::size_t at) {
        const auto& other = example().text;
        text = text.substr(0, at) + other.substr(below(other.size()));
    }

    std::mt19937_64 random_;
    std::vector<Example> corpus_;
};

/// What is decoded stays the same however often it is sent on; says whether it was decoded at all.
template <class M>
bool decodes_stably(const topics::Decoded<M>& decoded) {
    if (!decoded) {
        CHECK_FALSE(decoded.error().text.empty());
        CHECK(decoded.error().text.size() < 400);
        return false;
    }
    const auto text = topics::encode(*decoded);
    const auto again = topics::decode<M>(text);
    INFO("sent on as " << text);
    REQUIRE(again);
    CHECK(*again == *decoded);
    CHECK(topics::encode(*again) == text);
    return true;
}

}  // namespace

TEST_CASE("no broken message crashes the decoder, and what it takes is stable") {
    const auto seed = GENERATE(range<std::uint64_t>(1, 9));
    Mutator mutator(seed, examples());
    std::size_t taken = 0;
    std::size_t refused = 0;
    for (int i = 0; i < 2500; ++i) {
        const auto& example = mutator.example();
        const auto text = mutator.mutated(example.text);
        INFO("seed " << seed << ", " << example.file << ", text " << text);
        const bool decoded = with_message_type(example.kind, [&text]<class M>(std::type_identity<M>) {
            return decodes_stably(topics::decode<M>(text));
        });
        ++(decoded ? taken : refused);
        decodes_stably(topics::decode_command(text));
    }
    // Both happen often, or the mutations test only one side.
    CHECK(taken > 500);
    CHECK(refused > 500);
}

TEST_CASE("no message is taken for another kind than its own by chance of a cut") {
    for (const auto& example : examples()) {
        const auto last = example.text.rfind('}');
        for (std::size_t length = 0; length < last; ++length) {
            const auto cut = example.text.substr(0, length);
            INFO(cut);
            CHECK_FALSE(with_message_type(example.kind, [&cut]<class M>(std::type_identity<M>) {
                return topics::decode<M>(cut).has_value();
            }));
        }
    }
}
