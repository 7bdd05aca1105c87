#pragma once

#include "house/csv.hpp"
#include "house/trace.hpp"
#include "topics/timestamp.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Inside of the library: tables of recordings.
namespace sunherd::house {

using topics::Timestamp;

/// Its lines, and where an error is.
class Reader {
  public:
    Reader(std::string_view csv, std::string_view file) : lines_(csv), file_(file) {}

    /// The line's cells; nullopt at the end. Comments are passed over, `# from TIME` is kept.
    std::optional<std::vector<std::string_view>> next() {
        while (const auto line = lines_.next()) {
            if (line->front() != '#') {
                return cells_of(*line);
            }
            if (const auto at = line->find("from "); at != std::string_view::npos) {
                const auto word = line->substr(at + 5);
                began_ = topics::parse_rfc3339(word.substr(0, word.find_first_of(", ")));
            }
        }
        return std::nullopt;
    }

    tl::unexpected<TraceError> error(const std::string& text) const {
        return tl::unexpected(TraceError{file_ + ":" + std::to_string(lines_.number()) + ": " + text});
    }

    std::optional<Timestamp> began() const { return began_; }
    const std::string& file() const { return file_; }

  private:
    Lines lines_;
    std::string file_;
    std::optional<Timestamp> began_;
};

using Columns = std::map<std::string, std::size_t, std::less<>>;

inline Columns columns_of(const std::vector<std::string_view>& header) {
    Columns columns;
    for (std::size_t i = 0; i < header.size(); ++i) {
        columns.emplace(std::string(header[i]), i);
    }
    return columns;
}

/// One row of a table whose columns are known.
class Row {
  public:
    Row(const Reader& reader, const Columns& columns, const std::vector<std::string_view>& cells)
        : reader_(reader), columns_(columns), cells_(cells) {}

    bool has(std::string_view column) const { return columns_.find(column) != columns_.end(); }

    std::string_view text(std::string_view column) const {
        const auto found = columns_.find(column);
        return found != columns_.end() && found->second < cells_.size() ? cells_[found->second]
                                                                        : std::string_view{};
    }

    tl::expected<double, TraceError> number(std::string_view column) const {
        if (const auto value = house::number(text(column))) {
            return *value;
        }
        return reader_.error(std::string(column) + " is '" + std::string(text(column)) +
                             "', expected a number");
    }

    tl::expected<Timestamp, TraceError> time(std::string_view column) const {
        if (const auto value = topics::parse_rfc3339(text(column))) {
            return *value;
        }
        return reader_.error(std::string(column) + " is '" + std::string(text(column)) +
                             "', expected a time such as 2024-06-21T10:00:00Z");
    }

  private:
    const Reader& reader_;
    const Columns& columns_;
    const std::vector<std::string_view>& cells_;
};

}  // namespace sunherd::house
