#pragma once

#include <string>

namespace sunherd::api {

/// The OpenAPI document: `openapi.json` of this folder, the contract's schemas of messages, and where we are.
std::string openapi(const std::string& base_path);

}  // namespace sunherd::api
