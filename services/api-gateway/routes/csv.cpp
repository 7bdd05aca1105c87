#include "routes/csv.hpp"

#include "routes/answers.hpp"

#include <array>
#include <charconv>
#include <cmath>

namespace sunherd::api {

void CsvRow::begin() {
    line_ += first_ ? "" : ",";
    first_ = false;
}

CsvRow& CsvRow::text(std::string_view value) {
    begin();
    const auto begins_formula = [](char c) {
        return std::string_view("=+-@\t\r").find(c) != std::string_view::npos;
    };
    const bool formula = !value.empty() && begins_formula(value.front());
    if (!formula && value.find_first_of(",;\"\r\n") == std::string_view::npos) {
        line_ += value;
        return *this;
    }
    line_ += formula ? "\"'" : "\"";
    char before = 0;
    for (const char c : value) {
        // Some spreadsheets begin a new cell at each semicolon, whatever stands around it.
        line_ += before == ';' && begins_formula(c) ? "'" : "";
        line_ += c;
        line_ += c == '"' ? "\"" : "";
        before = c;
    }
    line_ += '"';
    return *this;
}

CsvRow& CsvRow::number(const std::optional<double>& value, int digits) {
    begin();
    if (value && std::isfinite(*value)) {
        std::array<char, 400> room{};
        const auto end =
            std::to_chars(room.data(), room.data() + room.size(), *value, std::chars_format::fixed, digits)
                .ptr;
        line_.append(room.data(), end);
    }
    return *this;
}

std::string csv_head(std::string_view what) {
    if (what == "sessions") {
        return "session,evse,vehicle,mode,start,end,duration_s,charging_s,energy_kwh,sun_kwh,battery_kwh,"
               "grid_kwh,"
               "cost,currency,avg_price_per_kwh,co2_g,peak_power_w,interruptions\r\n";
    }
    if (what == "energy") {
        return "start,imported_kwh,exported_kwh,pv_kwh,battery_charged_kwh,battery_discharged_kwh,evse_kwh,"
               "house_kwh,"
               "import_cost,export_income\r\n";
    }
    return "tariff,start,end,currency,price_per_kwh,energy_price_per_kwh,feed_in_per_kwh,co2_g_per_kwh\r\n";
}

std::string csv_line(const history::SessionRow& row, const std::string& time_zone) {
    const auto message = sessions::to_message(row.session, row.totals, row.currency);
    const auto& totals = row.totals;
    CsvRow line;
    line.text(row.session.id).text(row.session.evse).text(row.session.vehicle.value_or(""));
    line.text(row.session.mode ? topics::to_word(*row.session.mode) : "");
    line.text(local_time(row.session.start, time_zone));
    line.text(row.session.end ? local_time(*row.session.end, time_zone) : "");
    line.number(message.duration_s, 0).number(message.charging_s, 0);
    for (const double wh : {totals.energy_wh, totals.sun_wh, totals.battery_wh, totals.grid_wh}) {
        line.number(wh / 1000, 3);
    }
    line.number(totals.cost, 2).text(message.currency.value_or("")).number(message.avg_price_per_kwh, 4);
    line.number(totals.co2_g, 0).number(message.peak_power_w, 0).number(row.session.interruptions, 0);
    return std::move(line).line();
}

std::string csv_line(const history::TimedBalance& row, const std::string& time_zone) {
    const auto& balance = row.balance;
    CsvRow line;
    line.text(local_time(row.start, time_zone));
    for (const double wh : {balance.imported_wh, balance.exported_wh, balance.pv_wh, balance.charged_wh,
                            balance.discharged_wh, balance.evse_wh, balance.house_wh()}) {
        line.number(wh / 1000, 4);
    }
    line.number(balance.import_cost, 4).number(balance.export_income, 4);
    return std::move(line).line();
}

std::string csv_line(const history::TariffSlot& row, const std::string& time_zone) {
    CsvRow line;
    line.text(row.tariff)
        .text(local_time(row.slot.start, time_zone))
        .text(local_time(row.slot.end, time_zone));
    line.text(row.currency).number(row.slot.price_per_kwh, 6).number(row.slot.energy_price_per_kwh, 6);
    line.number(row.slot.feed_in_per_kwh, 6).number(row.slot.co2_g_per_kwh, 1);
    return std::move(line).line();
}

}  // namespace sunherd::api
