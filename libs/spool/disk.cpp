#include "spool/disk.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace sunherd::spool {

File::~File() {
    if (number_ >= 0) {
        ::close(number_);
    }
}

tl::unexpected<Error> disk_error(const std::string& what, const std::filesystem::path& path) {
    return tl::unexpected(
        Error{Refusal::disk, path.string() + ": " + what + ": " + std::generic_category().message(errno)});
}

tl::expected<std::size_t, Error> read_from(const std::filesystem::path& path, std::uint64_t offset,
                                           char* data, std::uint64_t most) {
    const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.number() < 0) {
        return disk_error("can't be read", path);
    }
    std::size_t read = 0;
    while (read < most) {
        const auto got = ::pread(file.number(), data + read, most - read, static_cast<off_t>(offset + read));
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return disk_error("can't be read", path);
        }
        if (got == 0) {
            break;
        }
        read += static_cast<std::size_t>(got);
    }
    return read;
}

bool write_all(int file, std::string_view data) {
    while (!data.empty()) {
        const auto written = ::write(file, data.data(), data.size());
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written <= 0) {
            return false;
        }
        data.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

}  // namespace sunherd::spool
