#include "history/statements.hpp"

namespace sunherd::history {
namespace {

std::string joined() {
    std::string all;
    for (const auto& [name, column] : kBalanceColumns) {
        all.append(all.empty() ? "" : ", ").append(name);
    }
    return all;
}

}  // namespace

std::int64_t to_ms(Timestamp time) {
    return time.time_since_epoch().count();
}

Timestamp from_ms(std::int64_t ms) {
    return Timestamp(std::chrono::milliseconds(ms));
}

Binder& Binder::operator()(std::int64_t value) {
    statement_.bind(next_++, value);
    return *this;
}
Binder& Binder::operator()(int value) {
    statement_.bind(next_++, value);
    return *this;
}
Binder& Binder::operator()(double value) {
    statement_.bind(next_++, value);
    return *this;
}
Binder& Binder::operator()(const std::string& value) {
    statement_.bind(next_++, value);
    return *this;
}
Binder& Binder::operator()(std::string_view value) {
    return (*this)(std::string(value));
}
Binder& Binder::operator()(const char* value) {
    return (*this)(std::string(value));
}
Binder& Binder::operator()(Timestamp value) {
    return (*this)(to_ms(value));
}

std::optional<double> Columns::maybe_real() {
    return is_null() ? std::nullopt : std::optional(real());
}
std::optional<Timestamp> Columns::maybe_time() {
    return is_null() ? std::nullopt : std::optional(time());
}
std::optional<std::string> Columns::maybe_text() {
    return is_null() ? std::nullopt : std::optional(text());
}
/// Passed over, if it is.
bool Columns::is_null() {
    const bool null = statement_.isColumnNull(next_);
    next_ += null ? 1 : 0;
    return null;
}

SQLite::Statement& Statements::get(const std::string& sql) {
    auto& statement = prepared_[sql];
    if (!statement) {
        statement = std::make_unique<SQLite::Statement>(database_, sql);
    }
    statement->tryReset();
    statement->clearBindings();
    return *statement;
}

const std::string& balance_columns() {
    static const std::string columns = joined();
    return columns;
}

SessionRow read_session(Columns columns) {
    SessionRow row;
    auto& session = row.session;
    session.id = columns.text();
    session.evse = columns.text();
    session.start = columns.time();
    session.end = columns.maybe_time();
    session.duration_s = columns.real();
    session.charging_s = columns.real();
    session.peak_power_w = columns.real();
    session.interruptions = columns.integer();
    session.mode = topics::from_word<topics::ChargeMode>(columns.maybe_text().value_or(""));
    session.vehicle = columns.maybe_text();
    auto& totals = row.totals;
    totals.energy_wh = columns.real();
    totals.sun_wh = columns.real();
    totals.battery_wh = columns.real();
    totals.grid_wh = columns.real();
    totals.cost = columns.maybe_real();
    totals.unpriced_wh = columns.real();
    row.currency = columns.text();
    totals.co2_g = columns.maybe_real();
    return row;
}

void bind_session(SQLite::Statement& statement, const SessionRow& row) {
    const auto& [session, totals, currency] = row;
    const auto mode = session.mode ? std::optional(topics::to_word(*session.mode)) : std::nullopt;
    bind_to(statement)(session.id)(session.evse)(session.start)(session.end)(session.duration_s)(
        session.charging_s)(session.peak_power_w)(session.interruptions)(mode)(session.vehicle)(
        totals.energy_wh)(totals.sun_wh)(totals.battery_wh)(totals.grid_wh)(totals.cost)(totals.unpriced_wh)(
        currency)(totals.co2_g);
}

sessions::Slice read_slice(Columns columns) {
    sessions::Slice slice;
    slice.flow.bucket = columns.time();
    slice.flow.energy_wh = columns.real();
    slice.flow.sun_wh = columns.real();
    slice.flow.battery_wh = columns.real();
    slice.flow.grid_wh = columns.real();
    const auto start = columns.maybe_time();
    const auto end = columns.maybe_time();
    const auto price = columns.maybe_real();
    const auto feed_in = columns.maybe_real();
    const auto co2 = columns.maybe_real();
    if (price) {
        slice.price = topics::PriceSlot{.start = start.value_or(slice.flow.bucket),
                                        .end = end.value_or(slice.flow.bucket),
                                        .price_per_kwh = *price,
                                        .feed_in_per_kwh = feed_in,
                                        .co2_g_per_kwh = co2};
    }
    return slice;
}

Balance read_balance(Columns& columns) {
    Balance balance;
    for (const auto& [name, column] : kBalanceColumns) {
        balance.*column = columns.real();
    }
    return balance;
}

TariffSlot read_tariff_slot(Columns columns) {
    TariffSlot row;
    row.tariff = columns.text();
    row.slot.start = columns.time();
    row.slot.end = columns.time();
    row.currency = columns.text();
    row.slot.price_per_kwh = columns.real();
    row.slot.energy_price_per_kwh = columns.maybe_real();
    row.slot.feed_in_per_kwh = columns.maybe_real();
    row.slot.co2_g_per_kwh = columns.maybe_real();
    return row;
}

}  // namespace sunherd::history
