#pragma once

#include "history/rows.hpp"

#include <SQLiteCpp/SQLiteCpp.h>

#include <map>
#include <memory>
#include <string>

/// Inside of the library: values to columns and back.
namespace sunherd::history {

std::int64_t to_ms(Timestamp time);
Timestamp from_ms(std::int64_t ms);

/// Binds one parameter after the other.
class Binder {
  public:
    explicit Binder(SQLite::Statement& statement) : statement_(statement) {}
    Binder& operator()(std::int64_t value);
    Binder& operator()(int value);
    Binder& operator()(double value);
    Binder& operator()(const std::string& value);
    Binder& operator()(std::string_view value);
    Binder& operator()(const char* value);
    Binder& operator()(Timestamp value);
    template <class T>
    Binder& operator()(const std::optional<T>& value) {
        if (value) {
            return (*this)(*value);
        }
        statement_.bind(next_++);
        return *this;
    }

  private:
    SQLite::Statement& statement_;
    int next_ = 1;
};

inline Binder bind_to(SQLite::Statement& statement) {
    return Binder(statement);
}

/// Takes one column after the other.
class Columns {
  public:
    explicit Columns(SQLite::Statement& statement) : statement_(statement) {}
    double real() { return statement_.getColumn(next_++).getDouble(); }
    int integer() { return statement_.getColumn(next_++).getInt(); }
    std::int64_t whole() { return statement_.getColumn(next_++).getInt64(); }
    Timestamp time() { return from_ms(statement_.getColumn(next_++).getInt64()); }
    std::string text() { return statement_.getColumn(next_++).getString(); }
    std::optional<double> maybe_real();
    std::optional<Timestamp> maybe_time();
    std::optional<std::string> maybe_text();

  private:
    bool is_null();
    SQLite::Statement& statement_;
    int next_ = 0;
};

/// Prepared once, and given without what was bound to them or asked of them before.
class Statements {
  public:
    explicit Statements(SQLite::Database& database) : database_(database) {}
    SQLite::Statement& get(const std::string& sql);

  private:
    SQLite::Database& database_;
    std::map<std::string, std::unique_ptr<SQLite::Statement>> prepared_{};
};

/// `imported_wh, exported_wh, …`
const std::string& balance_columns();

constexpr auto kSessionColumns =
    "id, evse, start, end, duration_s, charging_s, peak_power_w, interruptions, mode, vehicle, energy_wh, "
    "sun_wh, "
    "battery_wh, grid_wh, cost, unpriced_wh, currency, co2_g";
SessionRow read_session(Columns columns);
void bind_session(SQLite::Statement& statement, const SessionRow& row);

constexpr auto kSliceColumns =
    "start, energy_wh, sun_wh, battery_wh, grid_wh, price_start, price_end, price, feed_in, co2_g_per_kwh";
sessions::Slice read_slice(Columns columns);

Balance read_balance(Columns& columns);
TariffSlot read_tariff_slot(Columns columns);
constexpr auto kPriceColumns = "tariff, start, end, currency, price, energy_price, feed_in, co2_g_per_kwh";

}  // namespace sunherd::history
