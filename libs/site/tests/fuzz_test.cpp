#include "schema_json.hpp"
#include "site_files.hpp"

#include <catch2/catch.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include <random>

using namespace sunherd::site;
using namespace sunherd::site::testing;

namespace {

constexpr int kRoundsPerExample = 1500;

/// What mistakes are made of.
const std::vector<std::string> kPieces{"\n",
                                       "  ",
                                       ": ",
                                       "- ",
                                       "{",
                                       "}",
                                       "[",
                                       "]",
                                       ",",
                                       "'",
                                       "\"",
                                       "&a ",
                                       "*a",
                                       "!secret x",
                                       "0",
                                       "-1",
                                       "1e9",
                                       "null",
                                       "~",
                                       "true",
                                       "L2",
                                       "#",
                                       "|\n",
                                       "master: true",
                                       "id: garage",
                                       "\t",
                                       "\xc3",
                                       "\x01",
                                       "circuit: barn",
                                       "parent: yard",
                                       "16",
                                       "solar",
                                       "[]",
                                       "{}"};

std::string mutated(std::string text, std::mt19937& random) {
    const auto below = [&](std::size_t n) { return n == 0 ? 0 : random() % n; };
    const auto mistakes = 1 + below(4);
    for (std::size_t i = 0; i < mistakes; ++i) {
        const auto at = below(text.size() + 1);
        switch (below(4)) {
            case 0:
                text.insert(at, kPieces[below(kPieces.size())]);
                break;
            case 1:
                text.erase(at, below(12));
                break;
            case 2:
                text.replace(at, std::min(text.size() - at, below(4)), kPieces[below(kPieces.size())]);
                break;
            default:
                text.insert(at, text.substr(below(text.size() + 1), below(60)));
                break;
        }
    }
    return text;
}

/// A general validator's word on the same tree.
class Oracle {
  public:
    Oracle() {
        valijson::SchemaParser().populateSchema(valijson::adapters::NlohmannJsonAdapter(schema()), schema_);
    }
    bool accepts(const nlohmann::json& value) const {
        return valijson::Validator().validate(schema_, valijson::adapters::NlohmannJsonAdapter(value),
                                              nullptr);
    }

  private:
    valijson::Schema schema_;
};

}  // namespace

TEST_CASE("the examples are right") {
    const CleanEnvironment clean;
    const Environment password("SUNHERD_SECRET_MQTT_PASSWORD", "x"),
        token("SUNHERD_SECRET_INFLUX_TOKEN", "y");
    CHECK(examples().size() >= 4);
    for (const auto& example : examples()) {
        const auto site = parse(read_text(example), example);
        for (const auto& problem : site ? std::vector<Problem>{} : site.error()) {
            FAIL_CHECK(to_string(problem));
        }
        CHECK(read_text(example).starts_with(
            "# yaml-language-server: $schema=../../libs/site/site.schema.json\n"));
    }
}

TEST_CASE("whatever happens to a site file, the answer is a site or a list of problems") {
    const CleanEnvironment clean;
    std::mt19937 random(20240612);
    int right = 0;
    int wrong = 0;
    for (const auto& example : examples()) {
        const auto text = read_text(example);
        for (int round = 0; round < kRoundsPerExample; ++round) {
            const auto site = parse(mutated(text, random), "site.yaml");
            (site ? right : wrong) += 1;
            if (!site) {
                REQUIRE_FALSE(site.error().empty());
                REQUIRE(site.error().size() <= 51);
                for (const auto& problem : site.error()) {
                    REQUIRE_FALSE(problem.text.empty());
                    REQUIRE(to_string(problem).find('\n') == std::string::npos);
                }
            }
        }
    }
    CHECK(right > 100);
    CHECK(wrong > 1000);
}

TEST_CASE("our reading of the schema agrees with a general validator's") {
    const Oracle oracle;
    std::mt19937 random(4711);
    int accepted = 0;
    int refused = 0;
    for (const auto& example : examples()) {
        const auto text = read_text(example);
        for (int round = 0; round < kRoundsPerExample; ++round) {
            Problems problems("site.yaml");
            const auto mutant = mutated(text, random);
            const auto root = read_document(mutant, problems);
            if (!root || !problems.none() || mutant.find("!secret") != std::string::npos) {
                continue;  // no tree, a key twice, or a secret: nothing a schema could judge
            }
            const auto value = to_json(*root);
            check_shape(*root, problems);
            INFO(value.dump());
            REQUIRE(oracle.accepts(value) == problems.none());
            (problems.none() ? accepted : refused) += 1;
        }
    }
    CHECK(accepted > 100);
    CHECK(refused > 500);
}
