#include "parts.hpp"
#include "routes/answers.hpp"

#include <nlohmann/json.hpp>

#include <charconv>

/// What happened, and what was said.
namespace sunherd::api {
namespace {

namespace net = boost::asio;
using web::Request;
using web::Response;
using web::Role;

constexpr std::size_t kPage = 50;
constexpr std::size_t kMostOnPage = 1000;
constexpr std::int64_t kMostId = (1LL << 53) - 1;  ///< what JSON's numbers can say

Param<history::WordFilter> word_filter(const Request& request, const Parts& parts) {
    const auto range = range_of(request, parts.site);
    const auto limit = limit_of(request, kPage, kMostOnPage);
    if (!range || !limit) {
        return tl::unexpected(!range ? range.error() : limit.error());
    }
    history::WordFilter filter{.from = range->from, .to = range->to, .limit = *limit};
    if (const auto before = request.param("before")) {
        std::int64_t id = 0;
        const auto parsed = std::from_chars(before->data(), before->data() + before->size(), id);
        if (parsed.ec != std::errc{} || parsed.ptr != before->data() + before->size() || id < 0 ||
            id > kMostId) {
            return tl::unexpected(web::problem(400, "before must be the id of an entry"));
        }
        filter.before_id = id;
    }
    return filter;
}

net::awaitable<Response> events(const Request& request, Parts& parts) {
    if (auto wrong = unknown_parameter(request, {"from", "to", "month", "severity", "limit", "before"})) {
        co_return *wrong;
    }
    auto filter = word_filter(request, parts);
    const auto severity = word_of(request, "severity", topics::Severity::info);
    if (!filter || !severity) {
        co_return !filter ? filter.error() : severity.error();
    }
    filter->severity = *severity;
    auto rows_asked = parts.desk.ask([=](history::Reader& reader) { return reader.events(*filter); });
    const auto rows = co_await std::move(rows_asked);
    if (!rows) {
        co_return trouble_response(rows.error());
    }
    Json json{{"events", Json::array()}};
    for (const auto& [id, event] : *rows) {
        Json one{{"id", id},
                 {"time", topics::to_rfc3339(event.time)},
                 {"severity", topics::to_word(event.severity)},
                 {"code", event.code},
                 {"text", event.text},
                 {"service", event.service}};
        if (event.device) {
            one["device"] = *event.device;
        }
        json["events"].push_back(std::move(one));
    }
    co_return json_response(json);
}

net::awaitable<Response> commands(const Request& request, Parts& parts) {
    if (auto wrong = unknown_parameter(request, {"from", "to", "month", "limit", "before"})) {
        co_return *wrong;
    }
    const auto filter = word_filter(request, parts);
    if (!filter) {
        co_return filter.error();
    }
    auto rows_asked = parts.desk.ask([=](history::Reader& reader) { return reader.commands(*filter); });
    const auto rows = co_await std::move(rows_asked);
    if (!rows) {
        co_return trouble_response(rows.error());
    }
    Json json{{"commands", Json::array()}};
    for (const auto& [id, command] : *rows) {
        Json one{{"id", id},
                 {"time", topics::to_rfc3339(command.time)},
                 {"command", command.command},
                 {"accepted", command.accepted},
                 {"text", command.text}};
        if (command.source) {
            one["source"] = *command.source;
        }
        json["commands"].push_back(std::move(one));
    }
    co_return json_response(json);
}

}  // namespace

void add_word_routes(web::Router& router, Parts& parts) {
    router.add("GET", "/api/v1/events", Role::view,
               [&parts](const Request& request) { return events(request, parts); });
    router.add("GET", "/api/v1/commands", Role::view,
               [&parts](const Request& request) { return commands(request, parts); });
}

}  // namespace sunherd::api
