#include "history/summary.hpp"
#include "http/finish.hpp"
#include "parts.hpp"
#include "routes/answers.hpp"

#include <nlohmann/json.hpp>

#include <charconv>

namespace sunherd::api {
namespace {

namespace net = boost::asio;
using history::Result;
using web::Request;
using web::Response;
using web::Role;

constexpr std::size_t kPage = 50;
constexpr std::size_t kMostOnPage = 1000;
constexpr std::size_t kMostSlots = 20'000;
constexpr std::size_t kMostPeriods = 400;
constexpr std::size_t kAllSessions = 1'000'000;

/// Without a beginning: the last day before the end.
Param<Range> recent_range_of(const Request& request, const Parts& parts) {
    auto range = range_of(request, parts.site);
    if (range && !request.query.contains("from") && !request.query.contains("month")) {
        range->from = std::min(range->to, parts.clock.utc()) - std::chrono::hours(24);
    }
    return range;
}

/// Says where to go on, where there is more than was asked for.
template <class Row, class Start>
void cut(Json& json, std::vector<Row>& rows, std::size_t limit, const Start& start) {
    if (rows.size() > limit) {
        json["next"] = topics::to_rfc3339(start(rows.back()));
        rows.pop_back();
    }
}

/// `1750500900000~garage-20260621T101500Z`
std::string cursor_text(const history::SessionFilter::Cursor& cursor) {
    return std::to_string(cursor.start.time_since_epoch().count()) + '~' + cursor.id;
}

std::optional<history::SessionFilter::Cursor> parse_cursor(const std::string& text) {
    const auto at = text.find('~');
    std::int64_t ms = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + std::min(at, text.size()), ms);
    if (at == std::string::npos || parsed.ec != std::errc{} || parsed.ptr != text.data() + at) {
        return std::nullopt;
    }
    return history::SessionFilter::Cursor{Timestamp(std::chrono::milliseconds(ms)), text.substr(at + 1)};
}

/// One row more than a page has was asked for; on the first page, also what all of them came to.
Result<Response> read_page(history::Reader& reader, const history::SessionFilter& filter, bool pack) {
    Json json{{"sessions", Json::array()}};
    if (!filter.after) {
        const auto sum = reader.sum(filter);
        if (!sum) {
            return tl::unexpected(sum.error());
        }
        json["total"] = Json{{"sessions", sum->sessions}};
        json["total"].update(totals_json(sum->totals));
    }
    auto rows = reader.sessions(filter);
    if (!rows) {
        return tl::unexpected(rows.error());
    }
    if (rows->size() == filter.limit) {
        rows->pop_back();
        json["next"] = cursor_text({rows->back().session.start, rows->back().session.id});
    }
    for (const auto& row : *rows) {
        json["sessions"].push_back(session_json(row));
    }
    return long_response(json, pack);
}

net::awaitable<Response> sessions(const Request& request, Parts& parts, std::optional<std::string> evse) {
    if (auto wrong =
            unknown_parameter(request, {"from", "to", "month", "evse", "vehicle", "limit", "cursor"})) {
        co_return *wrong;
    }
    const auto range = range_of(request, parts.site);
    const auto limit = limit_of(request, kPage, kMostOnPage);
    const auto asked = id_of(request, "evse");
    if (!range || !limit || !asked) {
        co_return !range ? range.error() : !limit ? limit.error() : asked.error();
    }
    history::SessionFilter filter{.evse = evse ? evse : *asked,
                                  .vehicle = vehicle_of(request),
                                  .from = range->from,
                                  .to = range->to,
                                  .limit = *limit + 1};
    if (const auto cursor = request.param("cursor")) {
        filter.after = parse_cursor(*cursor);
        if (!filter.after) {
            co_return web::problem(400, "cursor is none of ours; take it from `next` of the page before");
        }
    }
    const bool pack = web::takes_gzip(request.header("accept-encoding"));
    auto made_asked =
        parts.desk.ask([filter, pack](history::Reader& reader) { return read_page(reader, filter, pack); });
    auto made = co_await std::move(made_asked);
    co_return made ? std::move(*made) : trouble_response(made.error());
}

struct SessionWithSlices {
    std::optional<history::SessionRow> row;
    sessions::Slices slices;
};

net::awaitable<Response> session_cost(const Request& request, Parts& parts) {
    const auto id = request.captured.front();
    auto found_asked = parts.desk.ask([id](history::Reader& reader) -> Result<SessionWithSlices> {
        auto row = reader.session(id);
        auto slices = row ? reader.slices(id) : Result<sessions::Slices>(tl::unexpected(row.error()));
        if (!slices) {
            return tl::unexpected(slices.error());
        }
        return SessionWithSlices{std::move(*row), std::move(*slices)};
    });
    auto found = co_await std::move(found_asked);
    if (!found) {
        co_return trouble_response(found.error());
    }
    if (!found->row) {
        co_return web::problem(404, "there is no session " + id.substr(0, 100));
    }
    Json json{{"session", session_json(*found->row)}, {"slices", Json::array()}};
    for (const auto& [start, slice] : found->slices) {
        Json one{{"start", topics::to_rfc3339(start)},
                 {"energy_wh", slice.flow.energy_wh},
                 {"sun_wh", slice.flow.sun_wh},
                 {"battery_wh", slice.flow.battery_wh},
                 {"grid_wh", slice.flow.grid_wh}};
        if (slice.price) {
            one["price_per_kwh"] = slice.price->price_per_kwh;
            one["feed_in_per_kwh"] = slice.price->feed_in_per_kwh.value_or(0);
            one["cost"] = *slice.cost();
        }
        json["slices"].push_back(std::move(one));
    }
    co_return json_response(json);
}

Json sum_json(const history::Sum& sum) {
    Json json{{"name", sum.span.name},
              {"start", topics::to_rfc3339(sum.span.start)},
              {"end", topics::to_rfc3339(sum.span.end)},
              {"sessions", sum.sessions}};
    json["charging"] = totals_json(sum.charging);
    json["site"] = balance_json(sum.site);
    return json;
}

/// The periods of a range, at most so many; without a range the newest.
std::vector<history::Span> spans_of(Range range, history::Period period, const Parts& parts) {
    const auto now = parts.clock.utc();
    const auto to = std::min(range.to, history::span_of(now, period, parts.site.time_zone).end);
    return history::spans(range.from, to, period, parts.site.time_zone, kMostPeriods);
}

Json summary_json(const std::vector<history::Span>& spans, const std::vector<history::SessionRow>& rows,
                  const std::vector<history::DayBalance>& days, const site::Site& site,
                  std::string_view period) {
    Json json{{"time_zone", site.time_zone}, {"period", period}};
    json["currency"] = rows.empty() ? (site.tariff ? site.tariff->currency : "EUR") : rows.back().currency;
    json["periods"] = Json::array();
    for (const auto& sum : history::sum_up(spans, rows, days)) {
        json["periods"].push_back(sum_json(sum));
    }
    return json;
}

std::string summary_key(history::Period period, const std::vector<history::Span>& spans,
                        const history::SessionFilter& filter) {
    std::string key = "summary " + std::string(topics::to_word(period));
    for (const auto& span : spans) {
        key += ' ' + span.name;
    }
    return key + '\n' + filter.evse.value_or("") + '\n' + filter.vehicle.value_or("");
}

net::awaitable<Response> summary(const Request& request, Parts& parts) {
    if (auto wrong = unknown_parameter(request, {"from", "to", "month", "period", "evse", "vehicle"})) {
        co_return *wrong;
    }
    const auto range = range_of(request, parts.site);
    const auto period = word_of(request, "period", history::Period::month);
    const auto id = id_of(request, "evse");
    if (!range || !period || !id) {
        co_return !range ? range.error() : !period ? period.error() : id.error();
    }
    // Without a beginning: as many periods as a page shows.
    const bool whole = !request.query.contains("from") && !request.query.contains("month");
    const auto to = std::min(range->to, parts.clock.utc());
    constexpr std::array kShown{std::chrono::hours(24 * 31), std::chrono::hours(24 * 7 * 26),
                                std::chrono::hours(24 * 366), std::chrono::hours(24 * 366 * 10)};
    const Range asked{whole ? to - kShown.at(static_cast<std::size_t>(*period)) : range->from, range->to};
    const auto spans = spans_of(asked, *period, parts);
    const history::SessionFilter filter{.evse = *id,
                                        .vehicle = vehicle_of(request),
                                        .from = spans.empty() ? asked.from : spans.front().start,
                                        .to = spans.empty() ? asked.to : spans.back().end,
                                        .newest_first = false,
                                        .limit = kAllSessions};
    auto generation_asked = parts.desk.ask([](history::Reader& reader) { return reader.generation(); });
    const auto generation = co_await std::move(generation_asked);
    if (!generation) {
        co_return trouble_response(generation.error());
    }
    const auto key = summary_key(*period, spans, filter);
    const std::pair version(parts.desk.openings(), *generation);
    if (auto cached = parts.cache.find(key, version)) {
        co_return Response{.shared_body = cached};
    }
    auto made_asked = parts.desk.ask([&site = parts.site, spans, filter, word = topics::to_word(*period)](
                                         history::Reader& reader) -> Result<std::string> {
        const auto sessions = reader.sessions(filter);
        const auto days = reader.days(filter.from, filter.to);
        if (!sessions || !days) {
            return tl::unexpected(!sessions ? sessions.error() : days.error());
        }
        return to_text(summary_json(spans, *sessions, *days, site, word));
    });
    auto made = co_await std::move(made_asked);
    if (!made) {
        co_return trouble_response(made.error());
    }
    const auto body = std::make_shared<const std::string>(std::move(*made));
    parts.cache.put(key, version, body);
    co_return Response{.shared_body = body};
}

net::awaitable<Response> price_history(const Request& request, Parts& parts) {
    if (auto wrong = unknown_parameter(request, {"from", "to", "month", "tariff", "limit"})) {
        co_return *wrong;
    }
    const auto range = recent_range_of(request, parts);
    const auto limit = limit_of(request, kMostSlots, kMostSlots);
    const auto id = id_of(request, "tariff");
    if (!range || !limit || !id) {
        co_return !range ? range.error() : !limit ? limit.error() : id.error();
    }
    const auto tariff = id->value_or(std::string(topics::kSiteTariff));
    const bool pack = web::takes_gzip(request.header("accept-encoding"));
    auto made_asked = parts.desk.ask([=](history::Reader& reader) -> Result<Response> {
        auto rows = reader.prices(tariff, range->from, range->to, *limit + 1);
        if (!rows) {
            return tl::unexpected(rows.error());
        }
        Json json{{"tariff", tariff},
                  {"currency", rows->empty() ? "EUR" : rows->back().currency},
                  {"slots", Json::array()}};
        cut(json, *rows, *limit, [](const auto& row) { return row.slot.start; });
        for (const auto& row : *rows) {
            json["slots"].push_back(slot_json(row.slot));
        }
        return long_response(json, pack);
    });
    auto made = co_await std::move(made_asked);
    co_return made ? std::move(*made) : trouble_response(made.error());
}

net::awaitable<Response> energy(const Request& request, Parts& parts) {
    if (auto wrong = unknown_parameter(request, {"from", "to", "month", "limit"})) {
        co_return *wrong;
    }
    const auto range = recent_range_of(request, parts);
    const auto limit = limit_of(request, kMostSlots, kMostSlots);
    if (!range || !limit) {
        co_return !range ? range.error() : limit.error();
    }
    const bool pack = web::takes_gzip(request.header("accept-encoding"));
    auto made_asked = parts.desk.ask([=](history::Reader& reader) -> Result<Response> {
        auto rows = reader.balances(range->from, range->to, *limit + 1);
        if (!rows) {
            return tl::unexpected(rows.error());
        }
        Json json{{"step_s", 900}, {"rows", Json::array()}};
        cut(json, *rows, *limit, [](const auto& row) { return row.start; });
        for (const auto& row : *rows) {
            auto one = balance_json(row.balance);
            one["start"] = topics::to_rfc3339(row.start);
            json["rows"].push_back(std::move(one));
        }
        return long_response(json, pack);
    });
    auto made = co_await std::move(made_asked);
    co_return made ? std::move(*made) : trouble_response(made.error());
}

}  // namespace

void add_history_routes(web::Router& router, Parts& parts) {
    const auto add = [&](const char* path, auto handler) {
        router.add("GET", path, Role::view,
                   [&parts, handler](const Request& request) { return handler(request, parts); });
    };
    add("/api/v1/sessions",
        [](const Request& request, Parts& all) { return sessions(request, all, std::nullopt); });
    add("/api/v1/chargers/{}/sessions", [](const Request& request, Parts& all) -> net::awaitable<Response> {
        const auto id = request.captured.front();
        if (!topics::is_id(id)) {
            co_return web::problem(404, "there is no charger " + id.substr(0, 100));
        }
        auto answer = sessions(request, all, id);
        co_return co_await std::move(answer);
    });
    add("/api/v1/cost/session/{}", session_cost);
    add("/api/v1/cost/summary", summary);
    add("/api/v1/price/history", price_history);
    add("/api/v1/energy", energy);
}

}  // namespace sunherd::api
