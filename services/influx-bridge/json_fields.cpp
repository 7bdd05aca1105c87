#include "json_fields.hpp"

#include "line_text.hpp"
#include "topics/timestamp.hpp"

#include <rapidjson/reader.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace sunherd::influx {
namespace {

using Manner = JsonFieldsReader::Manner;

constexpr std::size_t kMostTextBytes = 4096;  // as the codec
constexpr std::size_t kMostPlainDigits = 24;
constexpr std::size_t kMostIntegerDigits = 18;  // of which each fits

/// Of InfluxDB's integers.
constexpr std::string_view kHighestCount = "9223372036854775807";

/// Gets RapidJSON's events in order. Each returns false to end it: declined.
class Events {
  public:
    Events(const Shape& shape, const std::vector<std::string>& tags, Manner manner, JsonFields& out)
        : tags_(tags), canonical_(manner == Manner::canonical), out_(out) {
        frames_[0].shape = &shape;
        depth_ = 1;
    }

    // NOLINTBEGIN(readability-identifier-naming): RapidJSON calls them so.
    bool Null() { return false; }
    bool Bool(bool value) { return expects(Type::boolean) && emit(value ? "true" : "false"); }
    bool RawNumber(const char* text, rapidjson::SizeType length, bool /*copy*/) {
        const std::string_view number(text, length);
        return field_ != nullptr && (field_->type == Type::real      ? real(number)
                                     : field_->type == Type::integer ? integer(number)
                                                                     : false);
    }
    bool String(const char* text, rapidjson::SizeType length, bool /*copy*/) {
        return field_ != nullptr && string({text, length});
    }
    bool Key(const char* text, rapidjson::SizeType length, bool /*copy*/) { return key({text, length}); }
    bool StartObject() {
        if (!started_) {
            started_ = true;
            return true;
        }
        return field_ != nullptr && begin(field_->type == Type::object || field_->type == Type::map ||
                                          (field_->type == Type::list && in_list_));
    }
    bool EndObject(rapidjson::SizeType /*members*/) {
        const auto& ended = frames_[depth_ - 1];
        if ((ended.shape->required & ~ended.seen) != 0) {
            return false;
        }
        prefix_.resize(ended.prefix_before);
        field_ = ended.of;
        --depth_;
        return true;
    }
    bool StartArray() {
        in_list_ = canonical_ && field_ != nullptr && field_->type == Type::list && !in_list_;
        return in_list_;
    }
    bool EndArray(rapidjson::SizeType /*elements*/) {
        in_list_ = false;
        return true;
    }
    // Never called where numbers come raw.
    bool Int(int) { return false; }
    bool Uint(unsigned) { return false; }
    bool Int64(std::int64_t) { return false; }
    bool Uint64(std::uint64_t) { return false; }
    bool Double(double) { return false; }
    // NOLINTEND(readability-identifier-naming)

    bool whole() const { return depth_ == 0 && has_time_; }

  private:
    struct Frame {
        const Shape* shape = nullptr;
        const Field* of = nullptr;  ///< whose value it is
        std::uint64_t seen = 0;
        std::size_t next = 0;
        std::size_t prefix_before = 0;
    };

    bool expects(Type type) const { return field_ != nullptr && field_->type == type; }

    bool begin(bool allowed) {
        const bool dynamic = field_->type != Type::object;
        if (!allowed || (dynamic && !canonical_) || depth_ == frames_.size()) {
            return false;
        }
        frames_[depth_++] = {.shape = field_->inner.get(), .of = field_, .prefix_before = prefix_.size()};
        prefix_ += field_->key;
        prefix_ += '_';
        return true;
    }

    bool key(std::string_view name) {
        auto& frame = frames_[depth_ - 1];
        if (frame.shape->any) {
            member_ = *frame.shape->any;
            member_.key = escaped(lower(name));
            field_ = &member_;
            return true;
        }
        const auto found = frame.shape->find(name, frame.next);
        const auto bit = std::uint64_t{1} << (found % Shape::kNone);
        if (found == Shape::kNone || (frame.seen & bit) != 0) {
            return false;
        }
        frame.seen |= bit;
        frame.next = found + 1;
        field_ = &frame.shape->fields[found];
        return true;
    }

    bool emit(std::string_view value, std::string_view suffix = {}) {
        begin_field();
        out_.fields += value;
        out_.fields += suffix;
        return true;
    }
    void begin_field() {
        auto& fields = out_.fields;
        if (!fields.empty()) {
            fields += ',';
        }
        fields += prefix_;
        fields += field_->key;
        fields += '=';
    }

    bool real(std::string_view number) {
        const bool plain =
            number.size() <= kMostPlainDigits && number.find_first_of("eE") == std::string_view::npos;
        return (plain || canonical_) && emit(number);
    }
    bool integer(std::string_view number) {
        if (number.size() > kMostIntegerDigits) {
            return canonical_ &&
                   emit(number.size() < kHighestCount.size() ||
                                (number.size() == kHighestCount.size() && number < kHighestCount)
                            ? number
                            : kHighestCount,
                        "i");
        }
        std::int64_t value = 0;
        const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
        if (error != std::errc{} || end != number.data() + number.size() || value < field_->low ||
            value > field_->high) {
            return false;
        }
        if (in_list_ && field_->name == "id") {  // the elements' fields carry it
            prefix_ += number;
            prefix_ += '_';
        }
        return emit(number, "i");
    }
    bool string(std::string_view text) {
        if (text.size() > kMostTextBytes) {
            return false;
        }
        switch (field_->type) {
            case Type::time:
                return time(text);
            case Type::word:
                return field_->is_word(text) && worded(text);
            case Type::text:
                return worded(text);
            default:
                return false;
        }
    }
    bool worded(std::string_view text) {
        if (depth_ == 1) {
            const auto tag = std::ranges::find(tags_, field_->name);
            if (tag != tags_.end()) {
                out_.tags[static_cast<std::size_t>(tag - tags_.begin())] = escaped(text);
                return true;
            }
        }
        begin_field();
        append_quoted(out_.fields, text);
        return true;
    }
    bool time(std::string_view text) {
        const auto time = topics::parse_rfc3339(text);
        if (!time) {
            return false;
        }
        if (depth_ == 1 && field_->name == "time") {
            out_.time_ms = time->time_since_epoch().count();
            has_time_ = true;
            return true;
        }
        if (!canonical_ && topics::to_rfc3339(*time) != text) {
            return false;
        }
        begin_field();
        append_quoted(out_.fields, text);
        return true;
    }

    const std::vector<std::string>& tags_;
    const bool canonical_;
    JsonFields& out_;
    Field member_;  // of a map
    std::array<Frame, 6> frames_{};
    std::size_t depth_ = 0;
    std::string prefix_;
    const Field* field_ = nullptr;
    bool started_ = false;
    bool in_list_ = false;
    bool has_time_ = false;
};

}  // namespace

struct JsonFieldsReader::Impl {
    rapidjson::Reader reader;
    std::string scratch;  // parsed in place
};

JsonFieldsReader::JsonFieldsReader() : impl_(std::make_unique<Impl>()) {}
JsonFieldsReader::~JsonFieldsReader() = default;

bool JsonFieldsReader::read(std::string_view json, const Shape& shape, const std::vector<std::string>& tags,
                            Manner manner, JsonFields& out) {
    constexpr unsigned kFlags = rapidjson::kParseInsituFlag | rapidjson::kParseNumbersAsStringsFlag |
                                rapidjson::kParseValidateEncodingFlag | rapidjson::kParseIterativeFlag;
    if (json.find('\0') != std::string_view::npos) {
        return false;
    }
    impl_->scratch.assign(json);
    out.fields.clear();
    out.tags.assign(tags.size(), {});
    Events events(shape, tags, manner, out);
    rapidjson::InsituStringStream stream(impl_->scratch.data());
    return !impl_->reader.Parse<kFlags>(stream, events).IsError() && events.whole();
}

}  // namespace sunherd::influx
