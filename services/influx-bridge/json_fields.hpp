#pragma once

#include "shape.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sunherd::influx {

/// What JSON comes to in line protocol.
struct JsonFields {
    std::string fields;             ///< `power_w=-1500,seq=42i`
    std::vector<std::string> tags;  ///< values, escaped, of the tags asked for; empty where absent
    std::int64_t time_ms = 0;
};

/// Writes the fields of a message straight from its JSON: nested names are joined by `_`, phases in lower
/// case, elements of a list carry their `id`. Reals stay as they are written, integers get their `i`.
///
/// Strict about everything: what isn't plain, be it only a number with an exponent, is declined. The codec
/// then decides, and what it takes and writes again is read with `Manner::canonical`.
class JsonFieldsReader {
  public:
    enum class Manner {
        plain,     ///< from anybody
        canonical  ///< written by our codec: also lists, maps, odd numbers
    };

    JsonFieldsReader();
    ~JsonFieldsReader();
    JsonFieldsReader(const JsonFieldsReader&) = delete;
    JsonFieldsReader& operator=(const JsonFieldsReader&) = delete;

    /// False: declined, and `out` is worth nothing. tags: top-level members that are no fields.
    bool read(std::string_view json, const Shape& shape, const std::vector<std::string>& tags, Manner manner,
              JsonFields& out);

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace sunherd::influx
