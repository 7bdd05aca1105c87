#include "site_files.hpp"

#include <catch2/catch.hpp>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>

using namespace sunherd::site;
using namespace sunherd::site::testing;

namespace {

std::string times(int count, const std::function<std::string(int)>& text) {
    std::string all;
    for (int i = 0; i < count; ++i) {
        all += text(i);
    }
    return all;
}

std::string repeated(const std::string& text) {
    constexpr std::size_t kJustAllowed = 128 * 1024;
    return times(static_cast<int>(kJustAllowed / text.size()), [&](int) { return text; });
}

std::string bomb() {
    std::string text = "a0: &a0 [x,x,x,x,x,x,x,x,x]\n";
    for (int i = 1; i < 9; ++i) {
        const auto before = "*a" + std::to_string(i - 1);
        text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before;
        text += times(8, [&](int) { return "," + before; }) + "]\n";
    }
    return text;
}

/// Loads in a process of its own, so that its memory can be measured. 0 = refused with a problem.
struct Outcome {
    int exit_code = -1;
    double seconds = 0;
    long memory_kib = 0;
};

Outcome load_alone(const std::string& file) {
    const pid_t child = fork();
    if (child == 0) {
        const auto site = load(file);
        _exit(site || site.error().empty() ? 1 : 0);
    }
    int status = 0;
    rusage used{};
    REQUIRE(wait4(child, &status, 0, &used) == child);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    // Of the processor: how busy the machine is says nothing of the file.
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, seconds(used.ru_utime) + seconds(used.ru_stime),
            used.ru_maxrss};
}

void check_refused(const std::string& name, const std::function<void(std::ostream&)>& write) {
    const auto file =
        std::filesystem::temp_directory_path() / ("site-bounds-" + std::to_string(getpid()) + ".yaml");
    {
        std::ofstream out(file, std::ios::binary);
        write(out);
    }
    const Outcome outcome = load_alone(file.string());
    std::filesystem::remove(file);
    INFO(name << ": " << outcome.seconds << " s, " << outcome.memory_kib << " KiB");
    CHECK(outcome.exit_code == 0);
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    WARN("time and memory are not judged under a sanitizer: " << outcome.memory_kib << " KiB");
#else
    CHECK(outcome.seconds <= 1);
    CHECK(outcome.memory_kib <= 64 * 1024);
#endif
}

}  // namespace

TEST_CASE("no file takes more than a second and 64 MiB") {
    const std::string head = "site: { id: a }\ngrid: { main_fuse_a: 25 }\n";
    const std::vector<std::pair<std::string, std::string>> inputs{
        {"alias bomb", bomb()},
        {"brackets", repeated("[")},
        {"braces", repeated("{a: ")},
        {"brackets on lines", repeated("[\n")},
        {"commas", "[" + repeated(",").substr(2)},
        {"dashes", repeated("- ")},
        {"questions", repeated("? ")},
        {"one list", "a: [" + repeated("1,").substr(8)},
        {"one key again and again", repeated("a: 1\n")},
        {"many keys", times(9000, [](int i) { return "k" + std::to_string(i) + ": 1\n"; })},
        {"many anchors", times(9000, [](int i) { return "- &a" + std::to_string(i) + " x\n"; })},
        {"a long text", "site: " + repeated("x").substr(8)},
        {"an open quote", "site: \"" + repeated("x").substr(8)},
        {"tags", repeated("!!str ")},
        {"documents", repeated("---\n")},
        {"a circle of circuits", head + "circuits:\n" +
                                     times(100,
                                           [](int i) {
                                               return "  - { id: c" + std::to_string(i) +
                                                      ", fuse_a: 20, parent: c" +
                                                      std::to_string((i + 1) % 100) + " }\n";
                                           })},
        {"too many circuits",
         head + "circuits:\n" +
             times(2000, [](int i) { return "  - { id: c" + std::to_string(i) + ", fuse_a: 20 }\n"; })},
    };
    for (const auto& [name, text] : inputs) {
        CAPTURE(name);
        REQUIRE(text.size() <= 128 * 1024);
        check_refused(name, [&text = text](std::ostream& out) { out << text; });
    }
    check_refused("100 MB", [](std::ostream& out) {
        const std::string megabyte(1000000, 'a');
        for (int i = 0; i < 100; ++i) {
            out << megabyte;
        }
    });
}

TEST_CASE("what can't be a site file is said in a sentence") {
    using Texts = std::vector<std::string>;
    CHECK(problems_of("") == Texts{"site.yaml: is empty; begin with one of deploy/examples"});
    CHECK(problems_of("# only a comment\n") ==
          Texts{"site.yaml: is empty; begin with one of deploy/examples"});
    CHECK(problems_of("---\n") == Texts{"site.yaml: is empty; begin with one of deploy/examples"});
    CHECK(problems_of("just words") == Texts{"site.yaml:1: must be a group of keys, not \"just words\""});
    CHECK(problems_of("site: { id: home\ngrid: 1\n") ==
          Texts{"site.yaml:2: is not YAML at column 5: end of map flow not found"});
    CHECK(problems_of("site:\n\tid: home\n").size() == 1);
    CHECK(problems_of("site: {}\n---\nsite: {}\n") ==
          Texts{"site.yaml:2: a second document begins here (---); keep one"});
    CHECK(problems_of("a: &a [*a]\n") == Texts{"site.yaml:1: a[0]: an alias inside of what it stands for"});
    CHECK(problems_of("a: 1\nb: \xff\n") == Texts{"site.yaml:2: is not UTF-8 here; save it as UTF-8"});
    CHECK(problems_of(bomb()) ==
          Texts{"site.yaml:5: more than 20000 values (aliases unfolded); a site file has some hundred"});
    CHECK(problems_of(std::string(200000, 'a')) ==
          Texts{"site.yaml: is larger than 128 KiB; a site file has some kilobytes. Is it the right file?"});
    CHECK(problems_of("? [a]\n: b\n") == Texts{"site.yaml:1: a key must be a plain word"});
}

TEST_CASE("a file that can't be read says so") {
    const auto text_of = [](const std::string& file) { return to_string(load(file).error().at(0)); };
    CHECK(text_of("/nowhere/site.yaml") == "/nowhere/site.yaml: there is no such file");
    CHECK(text_of("/tmp") == "/tmp: is a directory; name the file in it");
}
