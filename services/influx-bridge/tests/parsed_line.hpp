#pragma once

#include <map>
#include <stdexcept>
#include <string>

namespace sunherd::influx {

/// A line of line protocol as InfluxDB's own parser reads it: a comma, space or equals sign counts unless the
/// character right before it is a backslash; quotes matter in field values only, and there a backslash hides
/// the next character.
struct ParsedLine {
    std::string measurement;
    std::map<std::string, std::string> tags;
    std::map<std::string, std::string> fields;  ///< texts in quotes, without their backslashes
    std::string time;

    explicit ParsedLine(const std::string& line) : rest_(line) {
        measurement = until(", ");
        while (taken_ == ',') {
            const auto key = until("=");
            tags[key] = until(", ");
        }
        do {
            const auto key = until("=");
            fields[key] = rest_.starts_with('"') ? text() : until(", ");
        } while (taken_ == ',');
        time = rest_;
    }

  private:
    std::string until(const std::string& ends) {
        for (std::size_t i = 0; i < rest_.size(); ++i) {
            if (ends.find(rest_[i]) != std::string::npos && (i == 0 || rest_[i - 1] != '\\')) {
                taken_ = rest_[i];
                auto found = rest_.substr(0, i);
                rest_.erase(0, i + 1);
                return found;
            }
        }
        throw std::invalid_argument("no `" + ends + "` in: " + rest_);
    }
    std::string text() {
        std::string found = "\"";
        for (std::size_t i = 1; i < rest_.size(); ++i) {
            if (rest_[i] == '"') {
                taken_ = rest_.at(i + 1);
                rest_.erase(0, i + 2);
                return found + '"';
            }
            i += rest_[i] == '\\' ? 1 : 0;
            found += rest_.at(i);
        }
        throw std::invalid_argument("no closing quote in: " + rest_);
    }

    std::string rest_;
    char taken_ = 0;
};

/// f float, i integer, s text, b boolean.
inline char type_of(const std::string& value) {
    if (value.starts_with('"')) {
        return 's';
    }
    if (value == "true" || value == "false") {
        return 'b';
    }
    const bool digits = value.find_first_not_of("-+0123456789.eE") == std::string::npos;
    return digits ? 'f' : value.ends_with('i') ? 'i' : '?';
}

}  // namespace sunherd::influx
