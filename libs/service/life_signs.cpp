#include "service/life_signs.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iostream>

namespace sunherd::service {
namespace {

constexpr std::chrono::seconds kDeadAfter{5};

const char* environment(const char* name) {
    return std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nobody changes the environment of a service
}

}  // namespace

void notify_supervisor(const std::string& message) {
    const char* path = environment("NOTIFY_SOCKET");
    sockaddr_un address{};
    if (path == nullptr || std::string_view(path).size() >= sizeof(address.sun_path)) {
        return;
    }
    const std::string_view name(path);
    address.sun_family = AF_UNIX;
    std::ranges::copy(name, std::begin(address.sun_path));
    if (name.starts_with('@')) {
        address.sun_path[0] = '\0';  // Linux's abstract namespace
    }
    const int descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) {
        return;
    }
    const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
    // MSG_DONTWAIT: a supervisor that hangs must not stop the loop. NOLINTNEXTLINE: the socket interface
    // wants this cast.
    sendto(descriptor, message.data(), message.size(), MSG_DONTWAIT | MSG_NOSIGNAL,
           reinterpret_cast<sockaddr*>(&address), length);
    close(descriptor);
}

std::optional<std::filesystem::path> heartbeat_file() {
    const char* file = environment("SUNHERD_HEARTBEAT");
    return file != nullptr && *file != '\0' ? std::optional<std::filesystem::path>(file) : std::nullopt;
}

void touch(const std::filesystem::path& file) {
    const int descriptor = open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    if (descriptor >= 0) {
        futimens(descriptor, nullptr);
        close(descriptor);
    }
}

int health_exit_code() {
    const auto file = heartbeat_file();
    if (!file) {
        std::cerr << "--health: set SUNHERD_HEARTBEAT to the file that the running service touches\n";
        return 1;
    }
    std::error_code error;
    const auto touched = std::filesystem::last_write_time(*file, error);
    if (error) {
        std::cerr << "--health: " << file->string() << ": " << error.message() << '\n';
        return 1;
    }
    const auto age = decltype(touched)::clock::now() - touched;
    if (age >= kDeadAfter) {
        std::cerr << "--health: last sign of life "
                  << std::chrono::duration_cast<std::chrono::seconds>(age).count() << " s ago\n";
        return 1;
    }
    return 0;
}

}  // namespace sunherd::service
