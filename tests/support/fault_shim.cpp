// fault_shim: preloaded into the bridge or the ledger (LD_PRELOAD), it makes a disk and a clock misbehave
// without any right to do so.
//
//   FAULT_SHIM=DIR   while DIR/full exists, writes to files of a spool and of a database fail with ENOSPC,
//                    while DIR/read-only exists with EROFS; DIR/database-full: the database only
//                    at each fdatasync the file is copied to DIR/synced/: what a power cut would leave
//                    DIR/clock holds by how many seconds the wall clock is off

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace {

template <class Function>
Function real(const char* name) {
    return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));  // NOLINT: that is what dlsym gives
}

const std::string& folder() {
    static const std::string path = [] {
        const char* given = std::getenv("FAULT_SHIM");
        return std::string(given != nullptr ? given : "");
    }();
    return path;
}

std::string path_of(int descriptor) {
    std::error_code error;
    return std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(descriptor), error).string();
}

bool is_spool(const std::string& path) {
    return path.ends_with(".spool");
}

bool is_on(const char* fault) {
    return ::access((folder() + '/' + fault).c_str(), F_OK) == 0;
}

/// The error that a write to that file has now; 0: none.
int fault_of(int descriptor) {
    if (folder().empty()) {
        return 0;
    }
    const auto path = path_of(descriptor);
    const bool database = path.find(".db") != std::string::npos;
    if (!database && !is_spool(path)) {
        return 0;
    }
    if (is_on("full") || (database && is_on("database-full"))) {
        return ENOSPC;
    }
    return is_on("read-only") ? EROFS : 0;
}

}  // namespace

extern "C" ssize_t write(int descriptor, const void* data, size_t size) {
    static const auto next = real<ssize_t (*)(int, const void*, size_t)>("write");
    if (const int fault = fault_of(descriptor); fault != 0) {
        errno = fault;
        return -1;
    }
    return next(descriptor, data, size);
}

extern "C" ssize_t pwrite64(int descriptor, const void* data, size_t size, off64_t at) {
    static const auto next = real<ssize_t (*)(int, const void*, size_t, off64_t)>("pwrite64");
    if (const int fault = fault_of(descriptor); fault != 0) {
        errno = fault;
        return -1;
    }
    return next(descriptor, data, size, at);
}

extern "C" int fdatasync(int descriptor) {
    static const auto next = real<int (*)(int)>("fdatasync");
    const int result = next(descriptor);
    const auto path = path_of(descriptor);
    if (!folder().empty() && is_spool(path)) {
        std::error_code error;
        const std::filesystem::path to = folder() + "/synced";
        std::filesystem::create_directories(to, error);
        const auto name = std::filesystem::path(path).filename();
        std::filesystem::copy_file(path, to / "new", std::filesystem::copy_options::overwrite_existing,
                                   error);
        std::filesystem::rename(to / "new", to / name, error);
    }
    return result;
}

extern "C" int clock_gettime(clockid_t clock, timespec* time) {
    static const auto next = real<int (*)(clockid_t, timespec*)>("clock_gettime");
    const int result = next(clock, time);
    if (clock == CLOCK_REALTIME && !folder().empty()) {
        std::ifstream in(folder() + "/clock");
        if (long offset_s = 0; in >> offset_s) {
            time->tv_sec += offset_s;
        }
    }
    return result;
}
