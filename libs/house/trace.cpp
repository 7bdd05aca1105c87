#include "house/trace.hpp"

#include "house/csv_table.hpp"

#include <algorithm>
#include <map>

namespace sunherd::house {
namespace {

using std::chrono::milliseconds;
using topics::Timestamp;

/// Of a house total where the phases are not known: for exercise, not true.
constexpr PerPhase kPhaseSplit{0.5, 0.3, 0.2};
/// When a recording without times began: noon of a summer day.
constexpr std::string_view kDefaultBegin = "2024-06-21T10:00:00Z";

tl::expected<PerPhase, TraceError> house_of(const Row& row, const Reader& reader) {
    PerPhase house_w{};
    if (row.has("house_l1_w") && row.has("house_l2_w") && row.has("house_l3_w")) {
        constexpr std::array kColumns{"house_l1_w", "house_l2_w", "house_l3_w"};
        for (std::size_t phase = 0; phase < 3; ++phase) {
            const auto value = row.number(kColumns.at(phase));
            if (!value) {
                return tl::unexpected(value.error());
            }
            house_w.at(phase) = *value;
        }
    } else {
        const auto value = row.number("house_w");
        if (!value) {
            return tl::unexpected(value.error());
        }
        for (std::size_t phase = 0; phase < 3; ++phase) {
            house_w.at(phase) = *value * kPhaseSplit.at(phase);
        }
    }
    if (*std::min_element(house_w.begin(), house_w.end()) < 0) {
        return reader.error(
            "the house load is negative; it is consumption without cars and battery, at least 0 W");
    }
    return house_w;
}

tl::expected<TraceRow, TraceError> row_of(const Row& row, const Reader& reader) {
    TraceRow result;
    if (row.has("seconds")) {
        const auto seconds = row.number("seconds");
        if (!seconds) {
            return tl::unexpected(seconds.error());
        }
        const auto begin = reader.began().value_or(topics::parse_rfc3339(kDefaultBegin).value());
        result.time = begin + milliseconds(std::llround(*seconds * 1000));
    } else {
        const auto time = row.time("time_utc");
        if (!time) {
            return tl::unexpected(time.error());
        }
        result.time = *time;
    }
    const auto house_w = house_of(row, reader);
    if (!house_w) {
        return tl::unexpected(house_w.error());
    }
    result.demand.house_w = *house_w;
    if (row.has("pv_w")) {
        const auto pv_w = row.number("pv_w");
        if (!pv_w) {
            return tl::unexpected(pv_w.error());
        }
        result.demand.pv_w = std::max(0.0, *pv_w);
    }
    return result;
}

tl::expected<void, TraceError> check_step(const std::vector<TraceRow>& rows, const Reader& reader) {
    const auto count = rows.size();
    if (count < 2) {
        return {};
    }
    const auto step = rows[count - 1].time - rows[count - 2].time;
    const auto first = rows[1].time - rows[0].time;
    if (step != first || step <= milliseconds(0)) {
        return reader.error(
            "time goes on by " + std::to_string(step.count() / 1000) + " s, expected " +
            (first > milliseconds(0) ? std::to_string(first.count() / 1000) + " s" : "a later time") +
            " as before; fill the gap or cut the file");
    }
    return {};
}

Demand between(const Demand& a, const Demand& b, double share) {
    Demand result;
    for (std::size_t phase = 0; phase < 3; ++phase) {
        result.house_w.at(phase) = a.house_w.at(phase) + share * (b.house_w.at(phase) - a.house_w.at(phase));
    }
    result.pv_w = a.pv_w + share * (b.pv_w - a.pv_w);
    return result;
}

}  // namespace

Trace::Trace(std::vector<TraceRow> rows)
    : rows_(std::move(rows)), step_(rows_.at(1).time - rows_.at(0).time) {}

Demand Trace::at(Timestamp time) const {
    const auto span = end() - begin();
    auto since = (time - begin()) % span;
    if (since < milliseconds(0)) {
        since += span;
    }
    const auto index = static_cast<std::size_t>(since / step_);
    const double share = static_cast<double>((since % step_).count()) / static_cast<double>(step_.count());
    return between(rows_[index].demand, rows_[index + 1].demand, share);
}

tl::expected<Trace, TraceError> parse_trace(std::string_view csv, std::string_view file) {
    Reader reader(csv, file);
    auto cells = reader.next();
    if (!cells) {
        return reader.error("the file is empty; expected a header line with time_utc, house_w, pv_w");
    }
    Columns columns{{"seconds", 0}, {"pv_w", 1}, {"house_w", 2}};
    if (!number(cells->front())) {
        columns = columns_of(*cells);
        const bool has_house = columns.count("house_w") > 0 || columns.count("house_l1_w") > 0;
        if (columns.count("time_utc") == 0 || !has_house) {
            return reader.error(
                "the header lacks time_utc or a house load; expected time_utc, house_w (or house_l1_w, "
                "house_l2_w, "
                "house_l3_w), pv_w; or no header and: seconds, PV in W, house load in W");
        }
        cells = reader.next();
    }
    std::vector<TraceRow> rows;
    for (; cells; cells = reader.next()) {
        const auto row = row_of(Row(reader, columns, *cells), reader);
        if (!row) {
            return tl::unexpected(row.error());
        }
        rows.push_back(*row);
        if (const auto step = check_step(rows, reader); !step) {
            return tl::unexpected(step.error());
        }
    }
    if (rows.size() < 2) {
        return reader.error("fewer than two rows; nothing to play");
    }
    return Trace(std::move(rows));
}

tl::expected<std::vector<Session>, TraceError> parse_sessions(std::string_view csv, std::string_view file) {
    Reader reader(csv, file);
    const auto header = reader.next();
    const Columns columns = header ? columns_of(*header) : Columns{};
    for (const char* needed : {"session_id", "evse", "arrive_utc", "depart_utc", "energy_kwh"}) {
        if (columns.find(needed) == columns.end()) {
            return reader.error(std::string("the header lacks ") + needed +
                                "; expected session_id,evse,arrive_utc,depart_utc,energy_kwh");
        }
    }
    std::vector<Session> sessions;
    while (const auto cells = reader.next()) {
        const Row row(reader, columns, *cells);
        const auto arrive = row.time("arrive_utc");
        const auto depart = row.time("depart_utc");
        const auto energy_kwh = row.number("energy_kwh");
        if (!arrive || !depart || !energy_kwh) {
            return tl::unexpected(!arrive ? arrive.error() : !depart ? depart.error() : energy_kwh.error());
        }
        if (*depart <= *arrive || *energy_kwh <= 0 || row.text("evse").empty()) {
            return reader.error(
                "a session needs an evse, a departure after its arrival and energy above 0 kWh");
        }
        sessions.push_back({std::string(row.text("session_id")), std::string(row.text("evse")), *arrive,
                            *depart, *energy_kwh * 1000});
    }
    return sessions;
}

}  // namespace sunherd::house
