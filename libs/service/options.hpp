#pragma once

#include "service/service.hpp"

#include <filesystem>
#include <string>
#include <variant>

namespace sunherd::service {

struct StartOptions {
    std::filesystem::path site;
    std::filesystem::path state_dir;
    std::string log_format;
    std::string log_level;
};

/// What the command line asks for; an exit code where there is nothing to start: --help, --version, --health,
/// mistakes.
std::variant<StartOptions, int> parse_options(int argc, char** argv, const Spec& spec);

}  // namespace sunherd::service
