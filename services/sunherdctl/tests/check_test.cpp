#include "site/load.hpp"
#include "site_summary.hpp"

#include <catch2/catch.hpp>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

using namespace sunherd;

namespace {

struct Outcome {
    int exit_code = -1;
    std::string text;
};

Outcome run(const std::string& arguments) {
    const std::string command = SUNHERD_BIN_DIR "/sunherdctl " + arguments + " 2>&1";
    FILE* pipe = popen(command.c_str(), "r");
    REQUIRE(pipe != nullptr);
    Outcome outcome;
    std::array<char, 4096> part{};
    while (const auto size = fread(part.data(), 1, part.size(), pipe)) {
        outcome.text.append(part.data(), size);
    }
    const int status = pclose(pipe);
    outcome.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return outcome;
}

const std::string kDemo = SUNHERD_SOURCE_DIR "/deploy/examples/demo.yaml";

/// A site file with a mistake in line 2, gone at the end.
struct WrongFile {
    std::string path =
        (std::filesystem::temp_directory_path() / ("wrong-" + std::to_string(getpid()) + ".yaml")).string();
    WrongFile() { std::ofstream(path) << "site: { id: home }\ngrid: { main_fuse: 25 }\n"; }
    ~WrongFile() { std::filesystem::remove(path); }
    WrongFile(const WrongFile&) = delete;
    WrongFile& operator=(const WrongFile&) = delete;
};

}  // namespace

TEST_CASE("check ends with 0 for right files, 1 for wrong ones, 2 for a command line it can't understand") {
    const WrongFile wrong;
    CHECK(run("check " + kDemo).exit_code == 0);
    CHECK(run("check " + wrong.path).exit_code == 1);
    CHECK(run("check " + wrong.path + " " + kDemo).exit_code == 1);
    CHECK(run("check /nowhere.yaml").exit_code == 1);
    CHECK(run("check").exit_code == 2);
    CHECK(run("chek " + kDemo).exit_code == 2);
    CHECK(run("").exit_code == 2);
    CHECK(run("--help").exit_code == 0);
}

TEST_CASE("check says what is wrong, and quietly nothing else") {
    const WrongFile wrong;
    CHECK(run("check --quiet " + kDemo + " " + wrong.path).text ==
          wrong.path + ":2: grid.main_fuse: unknown key; did you mean main_fuse_a?\n" + wrong.path +
              ":2: grid.main_fuse_a: is missing (Main fuse, A per phase)\n");
}

TEST_CASE("the summary shows devices, ports and what each fuse carries when all fall back") {
    const auto site = site::parse(R"(
site: { id: home }
grid: { main_fuse_a: 25 }
broker: { user: me, password: hunter2 }
circuits: [{ id: carport, fuse_a: 20 }]
evses:
  - { id: garage, profile: etrel-inch, host: 10.0.0.1, master: true }
  - { id: left, profile: etrel-inch, host: 10.0.0.2, circuit: carport, phases: 1, phase_rotation: L3, fallback_current_a: 8 }
)",
                                  "site.yaml");
    REQUIRE(site);
    const std::string text = ctl::summary(*site);
    INFO(text);
    CHECK(text.find("measured by the Load Guard of EVSE garage, every 1 s\n") != std::string::npos);
    CHECK(text.find("  garage (master)  10.0.0.1 unit 1  502   503    L1L2L3  6–16  6 A ") !=
          std::string::npos);
    CHECK(text.find("  main fuse  25             2      6 A                     6 A  14 A\n") !=
          std::string::npos);
    CHECK(text.find("  carport    20  main fuse  1      0 A                     0 A  8 A\n") !=
          std::string::npos);
    CHECK(text.find("hunter2") == std::string::npos);
}
