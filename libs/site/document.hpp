#pragma once

#include "site/problems.hpp"

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sunherd::site {

struct Value;
using ValuePtr = std::shared_ptr<Value>;

struct Entry {
    std::string key;
    int line = 0;  ///< of the key
    ValuePtr value;
};

/// A value of the site file that remembers where it stands.
struct Value {
    enum class Kind { none, boolean, number, text, list, map, secret };

    Kind kind = Kind::none;
    std::string text;  ///< of a scalar, as written; of a secret its name
    double number = 0;
    bool truth = false;
    int line = 0;               ///< 1-based; 0 = not from the file
    std::string source;         ///< where it came from instead, e.g. `environment variable MQTT_PORT`
    bool confidential = false;  ///< a secret's value: must not be shown
    std::vector<ValuePtr> items;
    std::vector<Entry> entries;
    std::size_t size = 1;  ///< values that a walk over it visits, aliases unfolded

    /// The value of a map's key; nullptr where there is none.
    const Value* find(std::string_view key) const;
};

/// The bytes of a file of at most 128 KiB; a problem and nothing where it can't be read.
std::optional<std::string> read_bounded(const std::filesystem::path& file, Problems& problems);

/// Guarded YAML, by YAML 1.2's plain words (`off` is text, `true` is not). At most 128 KiB, 4096 characters
/// in a line, 20,000 values once aliases are unfolded (yaml-cpp loads a bomb of 400 bytes at once, and a walk
/// over it never ends) and 32 levels; no key twice, no foreign tags, no control characters, one document.
/// nullptr where there is no tree to go on with.
ValuePtr read_document(const std::string& yaml, Problems& problems);

/// Line of a path such as `evses[0].host`, or of the nearest thing around it.
int line_of(const Value& root, std::string_view path);

}  // namespace sunherd::site
