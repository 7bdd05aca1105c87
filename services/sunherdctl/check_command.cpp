#include "commands.hpp"
#include "load_site.hpp"
#include "site_summary.hpp"

#include <CLI/CLI.hpp>

#include <iostream>
#include <memory>
#include <string>
#include <vector>

namespace sunherd::ctl {
namespace {

struct Arguments {
    std::vector<std::string> files;
    bool quiet = false;
};

bool check(const std::string& file, bool quiet) {
    const auto site = load_site(file);
    if (!site) {
        return false;
    }
    if (!quiet) {
        std::cout << file << " is right.\n" << summary(*site);
    }
    return true;
}

}  // namespace

void add_check(CLI::App& app, int& exit_code) {
    auto* command = app.add_subcommand("check", "Checks site files without starting anything");
    const auto arguments = std::make_shared<Arguments>();
    command->add_option("site", arguments->files, "Site files")->required()->type_name("FILE");
    command->add_flag("-q,--quiet", arguments->quiet, "Only say what is wrong");
    command->callback([arguments, &exit_code] {
        for (const auto& file : arguments->files) {
            if (!check(file, arguments->quiet)) {
                exit_code = 1;
            }
        }
    });
}

}  // namespace sunherd::ctl
