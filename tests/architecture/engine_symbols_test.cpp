#include <catch2/catch.hpp>

#include <array>
#include <cstdio>
#include <regex>
#include <sstream>

namespace {

/// What the engine's object code takes from elsewhere, one symbol a line.
std::string wanted_symbols() {
    FILE* nm = ::popen(SUNHERD_NM " -uC " SUNHERD_ENGINE " 2>&1", "r");
    REQUIRE(nm != nullptr);
    std::string text;
    std::array<char, 4096> buffer{};
    while (const auto size = std::fread(buffer.data(), 1, buffer.size(), nm)) {
        text.append(buffer.data(), size);
    }
    REQUIRE(::pclose(nm) == 0);
    return text;
}

const std::regex& impure() {
    static const std::regex symbols(
        "_clock::now|\\bU "
        "(time|clock|clock_gettime|gettimeofday|localtime|localtime_r|getenv|secure_getenv|s?rand|"
        "random|getrandom|getentropy|socket|connect|send|recv|read|write|open|open64|fopen|fopen64|printf|"
        "fprintf|"
        "vfprintf|puts|fputs|fwrite|syslog)(@.*)?$|random_device|basic_[io]*(f|string)?stream|std::c(out|err|"
        "log)\\b|"
        "filesystem|spdlog|::Names::|nlohmann|this_thread|std::thread");
    return symbols;
}

}  // namespace

TEST_CASE("the engine wants no clock, environment, randomness, stream, socket or logger") {
    std::istringstream symbols(wanted_symbols());
    std::vector<std::string> wanted;
    int seen = 0;
    for (std::string line; std::getline(symbols, line); ++seen) {
        if (std::regex_search(line, impure())) {
            wanted.push_back(line);
        }
    }
    CHECK(seen > 10);
    CHECK(wanted == std::vector<std::string>{});
}

TEST_CASE("the rule about symbols knows them when it sees them") {
    for (const auto* line :
         {"                 U std::chrono::_V2::system_clock::now()", "                 U getenv",
          "                 U time", "                 U std::random_device::_M_getval()",
          "                 U std::basic_ostream<char, std::char_traits<char> >::flush()",
          "                 U std::cout", "                 U socket", "                 U fopen64",
          "                 U std::__cxx11::basic_ostringstream<char, std::char_traits<char> >::str()",
          "                 U spdlog::default_logger()"}) {
        CAPTURE(line);
        CHECK(std::regex_search(line, impure()));
    }
    for (const auto* line :
         {"                 U std::__throw_out_of_range(char const*)", "                 U memcpy",
          "                 U snprintf", "                 U sunherd::engine::read_mode(int)",
          "                 U std::terminate()"}) {
        CAPTURE(line);
        CHECK_FALSE(std::regex_search(line, impure()));
    }
}
