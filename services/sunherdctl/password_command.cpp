#include "commands.hpp"

#include <CLI/CLI.hpp>
#include <crypt.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <iostream>
#include <string>

namespace sunherd::ctl {
namespace {

constexpr std::size_t kLeast = 8;
constexpr std::size_t kMost = 200;

/// From the terminal, without showing it, or the first line of standard input.
std::string read_password() {
    termios before{};
    const bool terminal = ::isatty(STDIN_FILENO) == 1 && ::tcgetattr(STDIN_FILENO, &before) == 0;
    if (terminal) {
        std::cerr << "password: ";
        auto silent = before;
        silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        ::tcsetattr(STDIN_FILENO, TCSANOW, &silent);
    }
    std::string password;
    std::getline(std::cin, password);
    if (terminal) {
        ::tcsetattr(STDIN_FILENO, TCSANOW, &before);
        std::cerr << '\n';
    }
    return password;
}

int print_hash() {
    const auto password = read_password();
    if (password.size() < kLeast || password.size() > kMost) {
        std::cerr << "sunherdctl: a password has " << kLeast << " to " << kMost << " bytes\n";
        return 1;
    }
    std::array<char, CRYPT_GENSALT_OUTPUT_SIZE> setting{};
    crypt_data data{};
    const char* hash = nullptr;
    if (crypt_gensalt_rn("$y$", 0, nullptr, 0, setting.data(), static_cast<int>(setting.size())) != nullptr) {
        hash = crypt_r(password.c_str(), setting.data(), &data);
    }
    if (hash == nullptr || hash[0] == '*') {
        std::cerr << "sunherdctl: this system can't hash it\n";
        return 2;
    }
    std::cout << hash << '\n';
    return 0;
}

}  // namespace

void add_password(CLI::App& app, int& exit_code) {
    auto* command = app.add_subcommand("password", "Reads a password, prints its hash for http.users");
    command->callback([&exit_code] { exit_code = print_hash(); });
}

}  // namespace sunherd::ctl
