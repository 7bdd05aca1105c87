#include "parts.hpp"
#include "report_run.hpp"
#include "routes/answers.hpp"
#include "routes/csv.hpp"

#include <nlohmann/json.hpp>

namespace sunherd::api {
namespace {

namespace net = boost::asio;
using history::Result;
using web::Request;
using web::Response;
using web::Role;

constexpr std::size_t kRows = 500;  ///< read at once: what an export needs of memory

enum class What { sessions, energy, prices };
constexpr auto enum_words(What) {
    using namespace std::string_view_literals;
    using enum What;
    return std::array{std::pair{sessions, "sessions"sv}, std::pair{energy, "energy"sv},
                      std::pair{prices, "prices"sv}};
}

enum class Language { en, de };
constexpr auto enum_words(Language) {
    using namespace std::string_view_literals;
    return std::array{std::pair{Language::en, "en"sv}, std::pair{Language::de, "de"sv}};
}

/// What an export is of, and how far it is.
struct Export {
    What what = What::sessions;
    bool csv = true;
    Range range;
    std::optional<std::string> evse;
    std::optional<std::string> vehicle;
    std::string tariff;
    std::string time_zone;
    std::optional<history::SessionFilter::Cursor> after{};
    bool begun = false;
    bool done = false;
    bool any = false;  ///< a row was written
    std::shared_ptr<web::Held> one_more{};
};

template <class Row>
std::string rows_text(Export& state, const std::vector<Row>& rows) {
    std::string text;
    for (const auto& row : rows) {
        if (state.csv) {
            text += csv_line(row, state.time_zone);
            continue;
        }
        text += std::exchange(state.any, true) ? ",\n" : "\n";
        if constexpr (std::is_same_v<Row, history::SessionRow>) {
            text += session_json(row).dump(-1, ' ', false, Json::error_handler_t::replace);
        } else if constexpr (std::is_same_v<Row, history::TimedBalance>) {
            auto json = balance_json(row.balance);
            json["start"] = topics::to_rfc3339(row.start);
            text += json.dump();
        } else {
            auto json = slot_json(row.slot);
            json["tariff"] = row.tariff;
            json["currency"] = row.currency;
            text += json.dump();
        }
    }
    return text;
}

/// The next rows as text; says in the state where to go on.
Result<std::string> read_on(history::Reader& reader, Export& state) {
    const auto finish = [&](const auto& rows, const auto& last) -> Result<std::string> {
        if (!rows) {
            return tl::unexpected(rows.error());
        }
        state.done = rows->size() < kRows;
        if (!rows->empty()) {
            last(rows->back());
        }
        return rows_text(state, *rows);
    };
    switch (state.what) {
        case What::sessions:
            return finish(reader.sessions({.evse = state.evse,
                                           .vehicle = state.vehicle,
                                           .from = state.range.from,
                                           .to = state.range.to,
                                           .after = state.after,
                                           .newest_first = false,
                                           .limit = kRows}),
                          [&](const history::SessionRow& row) {
                              state.after = {row.session.start, row.session.id};
                          });
        case What::energy:
            return finish(reader.balances(state.range.from, state.range.to, kRows),
                          [&](const history::TimedBalance& row) {
                              state.range.from = row.start + std::chrono::milliseconds(1);
                          });
        case What::prices:
            break;
    }
    return finish(reader.prices(state.tariff, state.range.from, state.range.to, kRows),
                  [&](const history::TariffSlot& row) { state.range.from = row.slot.end; });
}

/// Head, rows and end, part by part; a database that fails in between ends the connection, so that half a
/// table can't pass for a whole one.
web::Chunks chunks_of(Parts& parts, std::shared_ptr<Export> state) {
    return [&parts, state]() -> net::awaitable<std::optional<std::string>> {
        if (state->done) {
            co_return std::nullopt;
        }
        std::string text;
        if (!std::exchange(state->begun, true)) {
            text = state->csv ? csv_head(topics::to_word(state->what))
                              : "{\"time_zone\":" + web::json_text(state->time_zone) + ",\"" +
                                    std::string(topics::to_word(state->what)) + "\":[";
        }
        auto rows_asked =
            parts.desk.ask([state](history::Reader& reader) { return read_on(reader, *state); });
        auto rows = co_await std::move(rows_asked);
        if (!rows) {
            throw std::runtime_error(rows.error().text);
        }
        text += *rows;
        if (state->done && !state->csv) {
            text += "\n]}\n";
        }
        co_return text;
    };
}

net::awaitable<Response> table(const Request& request, Parts& parts, bool csv) {
    if (auto wrong =
            unknown_parameter(request, {"what", "from", "to", "month", "evse", "vehicle", "tariff"})) {
        co_return *wrong;
    }
    const auto what = word_of(request, "what", What::sessions);
    const auto range = range_of(request, parts.site);
    const auto evse = id_of(request, "evse");
    const auto tariff = id_of(request, "tariff");
    if (!what || !range) {
        co_return !what ? what.error() : range.error();
    }
    if (!evse || !tariff) {
        co_return !evse ? evse.error() : tariff.error();
    }
    if (*parts.exports >= Parts::kMostExports) {
        co_return web::problem(503, "other exports are running; try again in a moment");
    }
    const auto one_more = std::make_shared<web::Held>(parts.exports);
    auto asked = parts.desk.ask([](history::Reader& reader) { return reader.generation(); });
    if (const auto there = co_await std::move(asked); !there) {
        co_return trouble_response(there.error());
    }
    auto state = std::make_shared<Export>(Export{.what = *what,
                                                 .csv = csv,
                                                 .range = *range,
                                                 .evse = *evse,
                                                 .vehicle = vehicle_of(request),
                                                 .tariff = tariff->value_or(std::string(topics::kSiteTariff)),
                                                 .time_zone = parts.site.time_zone,
                                                 .one_more = one_more});
    Response response{.type = csv ? "text/csv; charset=utf-8" : "application/json"};
    response.headers.emplace_back("Content-Disposition", "attachment; filename=\"sunherd-" + parts.site.id +
                                                             '-' + std::string(topics::to_word(*what)) +
                                                             (csv ? ".csv\"" : ".json\""));
    response.chunks = chunks_of(parts, std::move(state));
    co_return response;
}

/// What stands on every statement of this site. Each value with its option in one word, so that none is taken
/// for another option.
std::vector<std::string> report_arguments(const Parts& parts) {
    const auto& site = parts.site;
    std::vector<std::string> arguments{"--database=" + parts.desk.file().string(),
                                       "--name=" + site.name.value_or(site.id),
                                       "--time-zone=" + site.time_zone};
    for (const auto& line : site.report.letterhead) {
        arguments.push_back("--letterhead=" + line);
    }
    if (site.report.footer) {
        arguments.push_back("--footer=" + *site.report.footer);
    }
    for (const auto& evse : site.evses) {
        arguments.push_back("--evse-name=" + evse.id + '=' + evse.name.value_or(evse.id));
    }
    return arguments;
}

net::awaitable<Response> report(const Request& request, Parts& parts) {
    if (auto wrong =
            unknown_parameter(request, {"from", "to", "month", "evse", "vehicle", "lang", "paper"})) {
        co_return *wrong;
    }
    const auto range = range_of(request, parts.site);
    const auto language = word_of(request, "lang", Language::en);
    const auto paper = word_of(request, "paper", parts.site.report.paper);
    if (!range || !language || !paper) {
        co_return !range ? range.error() : !language ? language.error() : paper.error();
    }
    const auto evse = id_of(request, "evse");
    if (!evse) {
        co_return evse.error();
    }
    if (*parts.reports >= Parts::kMostReports) {
        co_return web::problem(503, "other statements are being set; try again in a moment");
    }
    auto arguments = report_arguments(parts);
    arguments.insert(arguments.end(), {"--from=" + topics::to_rfc3339(range->from),
                                       "--to=" + topics::to_rfc3339(std::min(range->to, parts.clock.utc())),
                                       "--language=" + std::string(topics::to_word(*language)),
                                       "--paper=" + std::string(topics::to_word(*paper))});
    if (*evse) {
        arguments.push_back("--evse=" + **evse);
    }
    if (const auto vehicle = vehicle_of(request)) {
        arguments.push_back("--vehicle=" + *vehicle);
    }
    const web::Held being_set(parts.reports);
    auto pdf_asked = run_report(parts.io, parts.report_program, arguments);
    auto pdf = co_await std::move(pdf_asked);
    if (!pdf || !pdf->starts_with("%PDF")) {
        co_return web::problem(503, pdf ? "the statement could not be set" : pdf.error());
    }
    Response response{.type = "application/pdf", .body = std::move(*pdf)};
    response.headers.emplace_back("Content-Disposition",
                                  "inline; filename=\"sunherd-" + parts.site.id + ".pdf\"");
    co_return response;
}

}  // namespace

void add_export_routes(web::Router& router, Parts& parts) {
    router.add("GET", "/api/v1/export/csv", Role::view,
               [&parts](const Request& request) { return table(request, parts, true); });
    router.add("GET", "/api/v1/export/json", Role::view,
               [&parts](const Request& request) { return table(request, parts, false); });
    router.add("GET", "/api/v1/export/report", Role::view,
               [&parts](const Request& request) { return report(request, parts); });
}

}  // namespace sunherd::api
