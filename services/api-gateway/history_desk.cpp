#include "history_desk.hpp"

#include <sys/stat.h>

namespace sunherd::api {
namespace {

std::optional<std::pair<std::uint64_t, std::uint64_t>> identity_of(const std::filesystem::path& file) {
    struct stat found {};
    return ::stat(file.c_str(), &found) == 0
               ? std::optional(std::pair<std::uint64_t, std::uint64_t>(found.st_dev, found.st_ino))
               : std::nullopt;
}

}  // namespace

HistoryDesk::HistoryDesk(std::filesystem::path file)
    : file_(std::move(file)), thread_([this] { io_.run(); }) {}

HistoryDesk::~HistoryDesk() {
    io_.stop();
    thread_.join();
}

/// A database that the ledger set aside is not read on.
std::optional<history::Trouble> HistoryDesk::open() {
    const auto now = identity_of(file_);
    if (reader_ && now == opened_) {
        return std::nullopt;
    }
    reader_.reset();
    auto reader = history::Reader::open(file_);
    if (!reader) {
        return reader.error();
    }
    reader_ = std::move(*reader);
    opened_ = now;
    ++openings_;
    return std::nullopt;
}

}  // namespace sunherd::api
