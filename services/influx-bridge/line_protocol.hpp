#pragma once

#include "json_fields.hpp"
#include "mapping.hpp"

#include <map>
#include <unordered_map>

/// Messages as InfluxDB line protocol. docs/telemetry.md has the table.
namespace sunherd::influx {

struct LineOptions {
    std::string prefix = "sunherd";
    /// Also lines as dashboards for a Wall Connector expect them, see wall_connector.hpp.
    bool wall_connector = true;
    /// EVSE → name for people, where there is one.
    std::map<std::string, std::string> names{};
};

/// Remembers topics, so it belongs to one thread.
class LineWriter {
  public:
    explicit LineWriter(LineOptions options) : options_(std::move(options)) {}

    /// Appends the message's line, or lines, each with its end: measurement by kind, tags `site`, where the
    /// topic names one `id`, and of some kinds a few more. Reals are floats, also where they are whole;
    /// counts are integers; so a field never changes its type. Timestamp in ms. How many lines. Error: what
    /// is wrong with topic or payload; then `out` is as it was.
    tl::expected<std::size_t, std::string> append(std::string_view topic, std::string_view payload,
                                                  std::string& out);

  private:
    struct Known {
        const Mapping* mapping = nullptr;  ///< absent: not ours, or not written
        std::string site;
        std::string id;
        std::string head;  ///< measurement and tags
    };
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
    };

    const Known& know(std::string_view topic);
    Known look_up(std::string_view topic) const;
    tl::expected<void, std::string> read(const Mapping& mapping, std::string_view payload);
    std::size_t append_wall_connector(const Known& known, std::string_view payload, std::string& out) const;

    LineOptions options_;
    std::unordered_map<std::string, Known, Hash, std::equal_to<>> known_;
    JsonFieldsReader reader_;
    JsonFields fields_;
};

}  // namespace sunherd::influx
