#pragma once

#include <string_view>
#include <utility>
#include <vector>

/// Files that are in the program, put there by CMake.
namespace sunherd::api::embedded {

extern const std::string_view openapi;
/// Of the contract's messages, by name.
std::vector<std::pair<std::string_view, std::string_view>> schemas();

}  // namespace sunherd::api::embedded
