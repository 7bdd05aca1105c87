#include "site_files.hpp"

#include <catch2/catch.hpp>

using namespace sunherd::site::testing;
using Texts = std::vector<std::string>;

TEST_CASE("an unknown key is named with the nearest known one") {
    CHECK(problems_of(with_master(", max_curent_a: 16")) ==
          Texts{"site.yaml:4: evses[0].max_curent_a: unknown key; did you mean max_current_a?"});
    CHECK(problems_of(with_master("", "brokr: { host: x }\n")) ==
          Texts{"site.yaml:5: brokr: unknown key; did you mean broker?"});
    CHECK(problems_of(with_master("", "solar:\n  start_delay_s: 5\n  dleay: 1\n")) ==
          Texts{"site.yaml:7: solar.dleay: unknown key; known here: excess_threshold_w, max_starts_per_hour, "
                "start_delay_s, "
                "stop_delay_s"});
}

TEST_CASE("a value of the wrong kind is told what would be right") {
    const auto [yaml, text] = GENERATE(table<std::string, std::string>({
        {", poll_s: fast", "poll_s: must be a number, not \"fast\""},
        {", priority: 1.5", "priority: must be a whole number, not 1.5"},
        {", single_client: yes", "single_client: must be true or false, not \"yes\""},
        {", master: true", "master: stands twice; the first is in line 4"},
        {", name: 5", "name: must be text; put it in quotes: \"5\""},
        {", name: true", "name: must be text; put it in quotes: \"true\""},
        {", name: [a]", "name: must be text, not a list"},
        {", name:", "name: has no value; it must be text, or leave the key out"},
        {", night: { from: x }", "night: must be a list, not a group of keys"},
        {", load_guard_restart: modbus", "load_guard_restart: must be a group of keys, not \"modbus\""},
        {", poll_s: .nan", "poll_s: must be a number, not \".nan\""},
        {", poll_s: 1e999", "poll_s: must be a number, not \"1e999\""},
    }));
    CHECK(problems_of(with_master(yaml)) == Texts{"site.yaml:4: evses[0]." + text});
}

TEST_CASE("a value out of range is told the range") {
    const auto [yaml, text] = GENERATE(table<std::string, std::string>({
        {", poll_s: 0.05", "poll_s: must be at least 0.1, not 0.05"},
        {", read_port: 70000", "read_port: must be at most 65535, not 70000"},
        {", min_current_a: 0", "min_current_a: must be at least 6, not 0"},
        {", connector: 3", "connector: must be one of 1, 2, not 3"},
        {", mode: solr",
         "mode: must be one of off, now, night, eco, solar, excess, plan, price, not \"solr\"; did you mean "
         "solar?"},
        {", mode: quickly",
         "mode: must be one of off, now, night, eco, solar, excess, plan, price, not \"quickly\""},
        {", ports: read-wrte",
         "ports: must be one of read-write, charger-cluster, not \"read-wrte\"; did you mean read-write?"},
        {", name: ''", "name: must not be empty; or leave the key out"},
        {", circuit: 'a/b'", "circuit: must be made of letters, digits, - and _, e.g. garage, not \"a/b\""},
        {", night: [{ from: '25:00', to: '06:00' }]",
         "night[0].from: must be a time as \"22:30\", not \"25:00\""},
        {", night: [{ from: '22:00' }]",
         "night[0].to: is missing (End, local time, `HH:MM`; at or before `from`: on the next day)"},
    }));
    CHECK(problems_of(with_master(yaml)) == Texts{"site.yaml:4: evses[0]." + text});
    CHECK(problems_of(with_master(", name: " + std::string(200, 'x'))) ==
          Texts{"site.yaml:4: evses[0].name: must have at most 100 characters, not 200"});
}

TEST_CASE("a limit of 0 is no fuse") {
    CHECK(problems_of("site: { id: home }\ngrid: { main_fuse_a: 0 }\n") ==
          Texts{"site.yaml:2: grid.main_fuse_a: must be at least 6, not 0"});
}

TEST_CASE("missing keys are said with their meaning") {
    CHECK(problems_of("site: { }\ngrid: { }\n") ==
          Texts{"site.yaml:1: site.id: is missing (Name of the thing in topics, files and logs: 1 to 64 of "
                "A-Z a-z 0-9 _ -, "
                "e.g. `garage`)",
                "site.yaml:2: grid.main_fuse_a: is missing (Main fuse, A per phase)"});
}

TEST_CASE("all problems come at once, in the order of lines, and not more than fifty") {
    CHECK(problems_of("site: { id: home! }\ngrid: { main_fuse: 25 }\nevses: 5\n") ==
          Texts{"site.yaml:1: site.id: must be made of letters, digits, - and _, e.g. garage, not \"home!\"",
                "site.yaml:2: grid.main_fuse: unknown key; did you mean main_fuse_a?",
                "site.yaml:2: grid.main_fuse_a: is missing (Main fuse, A per phase)",
                "site.yaml:3: evses: must be a list, not 5"});
    std::string many = "evses:\n";
    for (int i = 0; i < 100; ++i) {
        many += "  - { id: e" + std::to_string(i) + ", profile: etrel-inch, host: h, mod: now }\n";
    }
    const auto texts = problems_of(with(many));
    CHECK(texts.size() == 51);
    CHECK(texts.front() == "site.yaml:4: evses[0].mod: unknown key; did you mean mode?");
    CHECK(texts.back() == "site.yaml: and there are more problems; these are the first");
}

TEST_CASE("foreign text can't forge a line of a log") {
    CHECK(problems_of(with_master(", name: \"a\\nsite.yaml: all is well\"")) ==
          Texts{"site.yaml:4: evses[0].name: holds a control character; write plain text on one line"});
    CHECK(problems_of(with_master(", name: \"\\u202Ex\"")) ==
          Texts{"site.yaml:4: evses[0].name: holds a control character; write plain text on one line"});
    CHECK(site_of(with_master(", name: 'Čebelnjak ☀'")).evses[0].name == "Čebelnjak ☀");
}
