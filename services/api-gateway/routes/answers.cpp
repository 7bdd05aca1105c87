#include "routes/answers.hpp"

#include "http/finish.hpp"

#include <date/tz.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace sunherd::api {
namespace {

constexpr std::size_t kDateLength = 10;
constexpr std::size_t kMonthLength = 7;

/// `2026-06-21`
std::optional<date::local_days> parse_date(const std::string& text) {
    std::array<int, 3> parts{};
    const auto number = [&text](std::size_t at, std::size_t length, int& to) {
        const auto* const end = text.data() + at + length;
        const auto parsed = std::from_chars(text.data() + at, end, to);
        return parsed.ec == std::errc{} && parsed.ptr == end && to >= 0;
    };
    if (text.size() != kDateLength || text[4] != '-' || text[7] != '-' || !number(0, 4, parts[0]) ||
        !number(5, 2, parts[1]) || !number(8, 2, parts[2])) {
        return std::nullopt;
    }
    const auto day = date::year(parts[0]) / parts[1] / parts[2];
    return day.ok() && parts[0] >= 1970 ? std::optional(date::local_days(day)) : std::nullopt;
}

Timestamp midnight(date::local_days day, const site::Site& site) {
    return date::locate_zone(site.time_zone)->to_sys(date::local_seconds(day), date::choose::earliest);
}

std::optional<Timestamp> moment_of(const std::string& text, bool end, const site::Site& site) {
    if (const auto utc = topics::parse_rfc3339(text)) {
        return utc;
    }
    const auto day = parse_date(text);
    return day ? std::optional(midnight(*day + date::days(end ? 1 : 0), site)) : std::nullopt;
}

double rounded(double value, double steps) {
    return std::round(value * steps) / steps;
}

void put(Json& to, const char* name, const std::optional<double>& value, double steps) {
    if (value) {
        to[name] = rounded(*value, steps);
    }
}

}  // namespace

std::string to_text(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

web::Response json_response(const Json& body) {
    return {.body = to_text(body)};
}

web::Response long_response(const Json& body, bool pack) {
    auto text = to_text(body);
    if (!pack || text.size() < web::kWorthPacking) {
        return {.body = std::move(text)};
    }
    return {.body = web::gzip(text), .gzipped = true};
}

web::Response trouble_response(const history::Trouble& trouble) {
    using enum history::Trouble::Kind;
    switch (trouble.kind) {
        case missing:
            return web::problem(503,
                                "there is no history yet; is the ledger running? (" + trouble.text + ")");
        case locked:
            return web::problem(503, "somebody else has the history locked; try again in a moment");
        case damaged:
            return web::problem(503, "the history is damaged; the ledger restores it (" + trouble.text + ")");
        default:
            return web::problem(503, "the history can't be read: " + trouble.text);
    }
}

Param<Range> range_of(const web::Request& request, const site::Site& site) {
    Range range{.from = Timestamp{}, .to = Timestamp(std::chrono::hours(24 * 365 * 200))};
    if (const auto text = request.param("month")) {
        if (request.query.contains("from") || request.query.contains("to")) {
            return tl::unexpected(web::problem(400, "month stands for from and to: say either"));
        }
        const auto first = parse_date(*text + "-01");
        if (!first || text->size() != kMonthLength) {
            return tl::unexpected(web::problem(400, "month must be like 2026-06"));
        }
        const auto month = date::year_month_day(*first);
        const auto next = date::local_days((month.year() / month.month() + date::months(1)) / 1);
        return Range{midnight(*first, site), midnight(next, site)};
    }
    for (const bool end : {false, true}) {
        const auto text = request.param(end ? "to" : "from");
        const auto moment = text ? moment_of(*text, end, site) : std::nullopt;
        if (text && !moment) {
            return tl::unexpected(web::problem(
                400, std::string(end ? "to" : "from") + " must be like 2026-06-21 or 2026-06-21T10:15:00Z"));
        }
        (end ? range.to : range.from) = moment.value_or(end ? range.to : range.from);
    }
    if (range.to <= range.from) {
        return tl::unexpected(web::problem(400, "to must be after from"));
    }
    return range;
}

Param<std::size_t> limit_of(const web::Request& request, std::size_t otherwise, std::size_t most) {
    const auto text = request.param("limit");
    if (!text) {
        return otherwise;
    }
    std::size_t value = 0;
    const auto parsed = std::from_chars(text->data(), text->data() + text->size(), value);
    if (parsed.ec != std::errc{} || parsed.ptr != text->data() + text->size() || value == 0 || value > most) {
        return tl::unexpected(web::problem(400, "limit must be a number from 1 to " + std::to_string(most)));
    }
    return value;
}

Param<std::optional<std::string>> id_of(const web::Request& request, const std::string& name) {
    auto text = request.param(name);
    if (text && !topics::is_id(*text)) {
        return tl::unexpected(web::problem(400, name + " must be an id: 1 to 64 of A-Z a-z 0-9 _ -"));
    }
    return text;
}

std::optional<std::string> vehicle_of(const web::Request& request) {
    auto text = request.param("vehicle");
    return text && !text->empty() ? std::move(text) : std::nullopt;
}

std::optional<web::Response> unknown_parameter(const web::Request& request,
                                               std::initializer_list<std::string_view> known) {
    for (const auto& [name, value] : request.query) {
        if (std::ranges::find(known, name) == known.end()) {
            std::string words;
            for (const auto word : known) {
                words.append(words.empty() ? "" : ", ").append(word);
            }
            return web::problem(400, "there is no parameter " + name.substr(0, 100) +
                                         (words.empty() ? "" : "; known here: " + words));
        }
    }
    return std::nullopt;
}

std::string local_time(Timestamp moment, const std::string& time_zone) {
    const auto zoned = date::make_zoned(time_zone, date::floor<std::chrono::seconds>(moment));
    return date::format("%FT%T%Ez", zoned);
}

Json totals_json(const sessions::Totals& totals) {
    Json json;
    put(json, "energy_wh", totals.energy_wh, 10);
    put(json, "sun_wh", totals.sun_wh, 10);
    put(json, "battery_wh", totals.battery_wh, 10);
    put(json, "grid_wh", totals.grid_wh, 10);
    put(json, "cost", totals.cost, 100);
    put(json, "unpriced_wh", totals.unpriced_wh, 10);
    put(json, "co2_g", totals.co2_g, 1);
    return json;
}

Json session_json(const history::SessionRow& row) {
    const auto message = sessions::to_message(row.session, row.totals, row.currency);
    Json json;
    json["id"] = row.session.id;
    json["evse"] = row.session.evse;
    json["start"] = topics::to_rfc3339(row.session.start);
    if (row.session.end) {
        json["end"] = topics::to_rfc3339(*row.session.end);
    }
    put(json, "duration_s", message.duration_s, 1);
    put(json, "charging_s", message.charging_s, 1);
    json.update(totals_json(row.totals));
    put(json, "avg_power_w", message.avg_power_w, 1);
    put(json, "peak_power_w", message.peak_power_w, 1);
    if (message.currency) {
        json["currency"] = *message.currency;
    }
    put(json, "avg_price_per_kwh", message.avg_price_per_kwh, 1e4);
    if (row.session.vehicle) {
        json["vehicle"] = *row.session.vehicle;
    }
    if (row.session.mode) {
        json["mode"] = topics::to_word(*row.session.mode);
    }
    json["interruptions"] = row.session.interruptions;
    return json;
}

Json balance_json(const history::Balance& balance) {
    Json json;
    for (const auto& [name, column] : history::kBalanceColumns) {
        const bool money = std::string_view(name).find("_wh") == std::string_view::npos;
        json[name] = rounded(balance.*column, money ? 1e4 : 10);
    }
    json["house_wh"] = rounded(balance.house_wh(), 10);
    return json;
}

Json slot_json(const topics::PriceSlot& slot) {
    Json json;
    json["start"] = topics::to_rfc3339(slot.start);
    json["end"] = topics::to_rfc3339(slot.end);
    put(json, "price_per_kwh", slot.price_per_kwh, 1e6);
    put(json, "energy_price_per_kwh", slot.energy_price_per_kwh, 1e6);
    put(json, "feed_in_per_kwh", slot.feed_in_per_kwh, 1e6);
    put(json, "co2_g_per_kwh", slot.co2_g_per_kwh, 1e3);
    return json;
}

}  // namespace sunherd::api
