#include "state_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <iterator>
#include <system_error>

namespace sunherd::controller {
namespace {

constexpr std::uintmax_t kMaxBytes = 1'048'576;

std::string failed(const std::filesystem::path& file, const char* what) {
    return file.string() + ": can't " + what + ": " + std::generic_category().message(errno);
}

bool write_all(int descriptor, const std::string& content) {
    std::size_t written = 0;
    while (written < content.size()) {
        const auto n = ::write(descriptor, content.data() + written, content.size() - written);
        if (n < 0) {
            return false;
        }
        written += static_cast<std::size_t>(n);
    }
    return ::fsync(descriptor) == 0;
}

}  // namespace

std::optional<std::string> read_state(const std::filesystem::path& file) {
    std::error_code error;
    const auto size = std::filesystem::file_size(file, error);
    std::ifstream in(file, std::ios::binary);
    if (error || size > kMaxBytes || !in) {
        return std::nullopt;
    }
    return std::string(std::istreambuf_iterator<char>(in), {});
}

tl::expected<void, std::string> write_state(const std::filesystem::path& file, const std::string& content) {
    const auto beside = file.string() + ".new";
    const int descriptor = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (descriptor < 0) {
        return tl::unexpected(failed(beside, "create"));
    }
    const bool written = write_all(descriptor, content);
    auto trouble = written ? std::string() : failed(beside, "write");
    ::close(descriptor);
    if (written && std::rename(beside.c_str(), file.c_str()) != 0) {
        trouble = failed(file, "replace");
    }
    if (trouble.empty()) {
        return {};
    }
    ::unlink(beside.c_str());
    return tl::unexpected(trouble);
}

void set_aside(const std::filesystem::path& file) {
    std::error_code ignored;
    std::filesystem::rename(file, file.string() + ".bad", ignored);
}

}  // namespace sunherd::controller
