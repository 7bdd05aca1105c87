#include "contract_files.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <sstream>

namespace sunherd::testing {
namespace {

std::vector<std::filesystem::path> files_in(const char* folder) {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(contract_folder() / folder)) {
        files.push_back(entry.path());
    }
    std::ranges::sort(files);
    return files;
}

}  // namespace

std::filesystem::path contract_folder() {
    return std::filesystem::path(SUNHERD_SOURCE_DIR) / "proto-topics";
}

std::string read_text(const std::filesystem::path& file) {
    std::ifstream stream(file);
    INFO(file);
    REQUIRE(stream);
    std::ostringstream text;
    text << stream.rdbuf();
    return text.str();
}

std::vector<Example> examples() {
    std::vector<Example> all;
    for (const auto& file : files_in("examples")) {
        const auto name = file.filename().string();
        const auto schema = name.substr(0, name.find('.'));
        const auto kind = std::ranges::find(topics::all_kinds(), schema, topics::schema_name);
        INFO(name << " is named like no message");
        REQUIRE(kind != topics::all_kinds().end());
        all.push_back({.file = name, .schema = schema, .kind = *kind, .text = read_text(file)});
    }
    return all;
}

std::map<std::string, nlohmann::json> schemas() {
    constexpr std::string_view kEnding = ".schema.json";
    std::map<std::string, nlohmann::json> all;
    for (const auto& file : files_in("schemas")) {
        const auto name = file.filename().string();
        REQUIRE(name.ends_with(kEnding));
        all[name.substr(0, name.size() - kEnding.size())] = nlohmann::json::parse(read_text(file));
    }
    return all;
}

}  // namespace sunherd::testing
