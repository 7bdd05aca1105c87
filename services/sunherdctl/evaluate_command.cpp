#include "commands.hpp"
#include "evaluate/evaluate.hpp"
#include "evaluate/scenario.hpp"

#include <CLI/CLI.hpp>

#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <string>

namespace sunherd::ctl {
namespace {

struct Arguments {
    std::string file;
    bool check = false;
};

tl::expected<std::string, std::string> read_all(const std::string& file) {
    if (file == "-") {
        return std::string(std::istreambuf_iterator<char>(std::cin), {});
    }
    std::ifstream in(file, std::ios::binary);
    if (!in) {
        return tl::unexpected(std::string("can't be read"));
    }
    return std::string(std::istreambuf_iterator<char>(in), {});
}

int run(const Arguments& arguments) {
    const auto scenarios = read_all(arguments.file).and_then(read_scenarios);
    if (!scenarios) {
        std::cerr << arguments.file << ": " << scenarios.error() << '\n';
        return 2;
    }
    if (arguments.check) {
        return check(*scenarios, std::cout) == 0 ? 0 : 1;
    }
    std::cout << evaluate(*scenarios).dump(1) << '\n';
    return 0;
}

}  // namespace

void add_evaluate(CLI::App& app, int& exit_code) {
    auto* command = app.add_subcommand("evaluate", "Lets the charging engine answer scenarios");
    const auto arguments = std::make_shared<Arguments>();
    command->add_option("file", arguments->file, "Scenarios, YAML or JSON; - for standard input")
        ->required()
        ->type_name("FILE|-");
    command->add_flag("--check", arguments->check, "Compare with what the file expects");
    command->callback([arguments, &exit_code] { exit_code = run(*arguments); });
}

}  // namespace sunherd::ctl
