#include "line_protocol.hpp"

#include "topics/codec.hpp"
#include "wall_connector.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

namespace sunherd::influx {
namespace {

/// Of InfluxDB: nanoseconds in a signed integer. A single line beyond would cost its batch.
constexpr std::int64_t kLatestMs = std::numeric_limits<std::int64_t>::max() / 1'000'000;
/// Then all are forgotten, and learned again.
constexpr std::size_t kMostTopics = 20'000;

void append_tag(std::string& line, std::string_view key, std::string_view escaped_value) {
    if (!escaped_value.empty()) {
        line += ',';
        line += key;
        line += '=';
        line += escaped_value;
    }
}

void append_time(std::string& line, std::int64_t time_ms) {
    char digits[24];
    line.append(digits, std::to_chars(digits, digits + sizeof digits, time_ms).ptr);
}

}  // namespace

LineWriter::Known LineWriter::look_up(std::string_view topic) const {
    Known known;
    const auto rest = topic.substr(std::min(topic.size(), options_.prefix.size() + 1));
    known.site = rest.substr(0, rest.find('/'));
    const auto parsed = topics::Names(options_.prefix, known.site).parse(topic);
    if (!parsed) {
        return known;
    }
    const auto& all = mappings();
    const auto found = std::ranges::find(all, parsed->kind, &Mapping::kind);
    if (found == all.end()) {
        return known;
    }
    known.mapping = &*found;
    known.id = parsed->id;
    known.head = found->measurement;
    append_tag(known.head, "site", escaped(known.site));
    append_tag(known.head, "id", escaped(known.id));
    return known;
}

const LineWriter::Known& LineWriter::know(std::string_view topic) {
    if (const auto found = known_.find(topic); found != known_.end()) {
        return found->second;
    }
    if (known_.size() >= kMostTopics) {
        known_.clear();
    }
    return known_.emplace(topic, look_up(topic)).first->second;
}

/// Straight from the JSON where it is plain, by way of the codec where it isn't.
tl::expected<void, std::string> LineWriter::read(const Mapping& mapping, std::string_view payload) {
    using enum JsonFieldsReader::Manner;
    if (payload.size() <= topics::kMaxPayloadBytes &&
        reader_.read(payload, *mapping.shape, mapping.tags, plain, fields_)) {
        return {};
    }
    const auto normal = mapping.normalize(payload);
    if (!normal) {
        return tl::unexpected(normal.error());
    }
    if (!reader_.read(*normal, *mapping.shape, mapping.tags, canonical, fields_)) {
        return tl::unexpected("can't be written as a line: " + *normal);
    }
    return {};
}

tl::expected<std::size_t, std::string> LineWriter::append(std::string_view topic, std::string_view payload,
                                                          std::string& out) {
    const Known& known = know(topic);
    if (known.mapping == nullptr) {
        return tl::unexpected("a topic that is not written: " + std::string(topic));
    }
    if (auto read_well = read(*known.mapping, payload); !read_well) {
        return tl::unexpected(read_well.error());
    }
    if (fields_.time_ms < 0 || fields_.time_ms > kLatestMs) {
        return tl::unexpected(std::string("time: not from 1970 to 2262"));
    }
    out += known.head;
    for (std::size_t i = 0; i < fields_.tags.size(); ++i) {
        append_tag(out, known.mapping->tags[i], fields_.tags[i]);
    }
    out += ' ';
    out += fields_.fields;
    out += ' ';
    append_time(out, fields_.time_ms);
    out += '\n';
    return 1 + append_wall_connector(known, payload, out);
}

std::size_t LineWriter::append_wall_connector(const Known& known, std::string_view payload,
                                              std::string& out) const {
    if (!options_.wall_connector) {
        return 0;
    }
    const auto name = options_.names.find(known.id);
    const Charger charger{known.site, known.id, name == options_.names.end() ? known.id : name->second};
    switch (known.mapping->kind) {  // the payload was found good before
        case topics::Kind::evse_state:
            return append_vitals(charger, topics::decode<topics::EvseState>(payload).value(), out);
        case topics::Kind::session_last:
            return append_session(charger, topics::decode<topics::Session>(payload).value(), out);
        case topics::Kind::tariff_now:
            return known.id == "comed"
                       ? append_comed_price(known.site, topics::decode<topics::TariffNow>(payload).value(),
                                            out)
                       : 0;
        default:
            return 0;
    }
}

}  // namespace sunherd::influx
