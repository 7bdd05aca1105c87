#include "site_files.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace sunherd::site::testing {

std::string with(const std::string& lines) {
    return "site: { id: home }\ngrid: { main_fuse_a: 25 }\n" + lines;
}

std::string with_master(const std::string& more, const std::string& lines) {
    return with("evses:\n  - { id: garage, profile: etrel-inch, host: 10.0.0.1, master: true" + more +
                " }\n" + lines);
}

std::vector<std::string> problems_of(const std::string& yaml) {
    const CleanEnvironment clean;
    std::vector<std::string> texts;
    const auto site = parse(yaml, "site.yaml");
    if (!site) {
        REQUIRE_FALSE(site.error().empty());
        for (const auto& problem : site.error()) {
            texts.push_back(to_string(problem));
        }
    }
    return texts;
}

Site site_of(const std::string& yaml) {
    const CleanEnvironment clean;
    const auto site = parse(yaml, "site.yaml");
    for (const auto& problem : site ? std::vector<Problem>{} : site.error()) {
        UNSCOPED_INFO(to_string(problem));
    }
    REQUIRE(site);
    return *site;
}

Environment::Environment(std::string name, std::optional<std::string> value) : name_(std::move(name)) {
    if (const char* before = std::getenv(name_.c_str())) {
        before_ = before;
    }
    value ? setenv(name_.c_str(), value->c_str(), 1) : unsetenv(name_.c_str());
}

Environment::~Environment() {
    before_ ? setenv(name_.c_str(), before_->c_str(), 1) : unsetenv(name_.c_str());
}

std::string read_text(const std::string& path_in_source) {
    std::ifstream in(std::string(SUNHERD_SOURCE_DIR "/") + path_in_source, std::ios::binary);
    REQUIRE(in.is_open());
    return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<std::string> examples() {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(SUNHERD_SOURCE_DIR "/deploy/examples")) {
        names.push_back("deploy/examples/" + entry.path().filename().string());
    }
    std::sort(names.begin(), names.end());
    return names;
}

}  // namespace sunherd::site::testing
