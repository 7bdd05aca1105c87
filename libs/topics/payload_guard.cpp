#include "topics/payload_guard.hpp"

#include <algorithm>
#include <functional>
#include <optional>
#include <set>
#include <vector>

namespace sunherd::topics {
namespace {

using nlohmann::json;

/// Counts brackets outside strings. Needs no valid JSON: whatever is not, the parser refuses afterwards.
bool nested_too_deep(std::string_view payload) {
    int depth = 0;
    bool in_string = false;
    for (std::size_t i = 0; i < payload.size(); ++i) {
        const char c = payload[i];
        if (in_string) {
            i += c == '\\' ? 1 : 0;
            in_string = c != '"';
        } else if (c == '"') {
            in_string = true;
        } else if (c == '{' || c == '[') {
            if (++depth > kMaxDepth) {
                return true;
            }
        } else if (c == '}' || c == ']') {
            --depth;
        }
    }
    return false;
}

/// Watches the parser and remembers the first key that an object has twice.
class DuplicateFinder {
  public:
    bool operator()(json::parse_event_t event, const json& parsed) {
        if (event == json::parse_event_t::object_start) {
            open_.emplace_back();
        } else if (event == json::parse_event_t::object_end) {
            open_.pop_back();
        } else if (event == json::parse_event_t::key) {
            const auto& key = parsed.get_ref<const std::string&>();
            if (!open_.back().insert(key).second && !found_) {
                found_ = key;
            }
        }
        return true;
    }
    const std::optional<std::string>& found() const { return found_; }

  private:
    std::vector<std::set<std::string>> open_;
    std::optional<std::string> found_;
};

tl::unexpected<DecodeError> refuse(std::string text) {
    return tl::unexpected(DecodeError{std::move(text)});
}

}  // namespace

tl::expected<json, DecodeError> parse_guarded(std::string_view payload) {
    if (payload.empty()) {
        return refuse("empty, expected a JSON object");
    }
    if (payload.size() > kMaxPayloadBytes) {
        return refuse("longer than " + std::to_string(kMaxPayloadBytes) + " bytes");
    }
    if (payload.find('\0') != std::string_view::npos) {
        return refuse("not JSON: a NUL byte at " + std::to_string(payload.find('\0')));
    }
    if (nested_too_deep(payload)) {
        return refuse("nested deeper than " + std::to_string(kMaxDepth) + " levels");
    }
    DuplicateFinder duplicates;
    try {
        auto value = json::parse(payload, [&duplicates](int, json::parse_event_t event, const json& parsed) {
            return duplicates(event, parsed);
        });
        if (duplicates.found()) {
            return refuse(printable(*duplicates.found()) + ": stands twice in one object");
        }
        return value;
    } catch (const json::parse_error& error) {
        return refuse("not JSON: syntax error at byte " + std::to_string(error.byte));
    } catch (const json::exception&) {
        return refuse("not JSON: a number beyond what a double holds");
    }
}

bool is_printable(char c) {
    return c >= ' ' && c <= '~';
}

std::string printable(std::string_view text) {
    constexpr std::size_t kMax = 64;
    std::string safe(text.substr(0, kMax));
    std::ranges::replace_if(safe, std::not_fn(is_printable), '?');
    return text.size() > kMax ? safe.replace(kMax - 3, 3, "...") : safe;
}

}  // namespace sunherd::topics
