#pragma once

#include "history/reader.hpp"
#include "history/store.hpp"

#include <cstdlib>
#include <string>

namespace sunherd::history::testing {

/// A folder that goes with its owner.
class Folder {
  public:
    Folder() {
        std::string name = (std::filesystem::temp_directory_path() / "sunherd-history-XXXXXX").string();
        path_ = ::mkdtemp(name.data());
    }
    ~Folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    std::filesystem::path file() const { return path_ / "ledger.db"; }
    const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
};

inline Timestamp utc(const char* text) {
    return *topics::parse_rfc3339(text);
}

inline std::unique_ptr<Store> open_store(const Folder& folder, Opened* opened = nullptr) {
    Opened ignored;
    auto store = Store::open({.file = folder.file()}, opened != nullptr ? *opened : ignored);
    if (!store) {
        throw std::runtime_error(store.error().text);
    }
    return std::move(*store);
}

inline std::unique_ptr<Reader> open_reader(const Folder& folder) {
    auto reader = Reader::open(folder.file());
    if (!reader) {
        throw std::runtime_error(reader.error().text);
    }
    return std::move(*reader);
}

inline SessionRow session_row(const std::string& id, const std::string& evse, Timestamp start, double wh) {
    SessionRow row{.currency = "EUR"};
    row.session = {
        .id = id, .evse = evse, .start = start, .end = start + std::chrono::hours(1), .duration_s = 3600};
    row.totals = {.energy_wh = wh, .grid_wh = wh, .cost = sessions::to_the_cent(wh * 0.0003)};
    return row;
}

inline sessions::Slice slice_at(Timestamp start, double wh, std::optional<double> price = {}) {
    sessions::Slice slice;
    slice.flow = {.bucket = start, .energy_wh = wh, .grid_wh = wh};
    if (price) {
        slice.price = topics::PriceSlot{.start = start,
                                        .end = start + std::chrono::minutes(5),
                                        .price_per_kwh = *price,
                                        .feed_in_per_kwh = 0.08};
    }
    return slice;
}

}  // namespace sunherd::history::testing
