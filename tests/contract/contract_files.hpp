#pragma once

#include "topics/names.hpp"

#include <nlohmann/json_fwd.hpp>

#include <filesystem>
#include <map>
#include <string>
#include <vector>

/// Reads `proto-topics/`.
namespace sunherd::testing {

struct Example {
    std::string file;    ///< `evse-state.charging.json`
    std::string schema;  ///< `evse-state`
    topics::Kind kind{};
    std::string text;
};

std::filesystem::path contract_folder();
std::string read_text(const std::filesystem::path& file);
/// Sorted by name. Fails the test if a file's name says no message that a kind carries.
std::vector<Example> examples();
/// By name, without the ending.
std::map<std::string, nlohmann::json> schemas();

}  // namespace sunherd::testing
