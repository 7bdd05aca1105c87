#include "history/schema.hpp"

#include <SQLiteCpp/SQLiteCpp.h>

#include <array>
#include <string>

namespace sunherd::history {
namespace {

/// What makes version n + 1 of version n. Times are milliseconds of UTC. Never change one that was released.
constexpr std::array kMigrations{
    R"(
CREATE TABLE sessions (
    id TEXT PRIMARY KEY, evse TEXT NOT NULL, start INTEGER NOT NULL, end INTEGER,
    duration_s REAL NOT NULL, charging_s REAL NOT NULL, peak_power_w REAL NOT NULL, interruptions INTEGER NOT NULL,
    mode TEXT, vehicle TEXT,
    energy_wh REAL NOT NULL, sun_wh REAL NOT NULL, battery_wh REAL NOT NULL, grid_wh REAL NOT NULL,
    cost REAL, unpriced_wh REAL NOT NULL, currency TEXT NOT NULL, co2_g REAL) WITHOUT ROWID;
CREATE INDEX sessions_by_start ON sessions (start, id);
CREATE INDEX sessions_by_evse ON sessions (evse, start, id);
CREATE TABLE slices (
    session TEXT NOT NULL, start INTEGER NOT NULL,
    energy_wh REAL NOT NULL, sun_wh REAL NOT NULL, battery_wh REAL NOT NULL, grid_wh REAL NOT NULL,
    price_start INTEGER, price_end INTEGER, price REAL, feed_in REAL, co2_g_per_kwh REAL,
    PRIMARY KEY (session, start)) WITHOUT ROWID;
CREATE INDEX slices_without_price ON slices (start) WHERE price IS NULL;
CREATE TABLE balances (
    start INTEGER PRIMARY KEY,
    imported_wh REAL NOT NULL, exported_wh REAL NOT NULL, pv_wh REAL NOT NULL, charged_wh REAL NOT NULL,
    discharged_wh REAL NOT NULL, evse_wh REAL NOT NULL, import_cost REAL NOT NULL, export_income REAL NOT NULL,
    unpriced_import_wh REAL NOT NULL);
CREATE TABLE days (
    date TEXT PRIMARY KEY, start INTEGER NOT NULL, end INTEGER NOT NULL,
    imported_wh REAL NOT NULL, exported_wh REAL NOT NULL, pv_wh REAL NOT NULL, charged_wh REAL NOT NULL,
    discharged_wh REAL NOT NULL, evse_wh REAL NOT NULL, import_cost REAL NOT NULL, export_income REAL NOT NULL,
    unpriced_import_wh REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE prices (
    tariff TEXT NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL, currency TEXT NOT NULL,
    price REAL NOT NULL, energy_price REAL, feed_in REAL, co2_g_per_kwh REAL,
    PRIMARY KEY (tariff, start)) WITHOUT ROWID;
CREATE TABLE events (
    id INTEGER PRIMARY KEY, time INTEGER NOT NULL, severity TEXT NOT NULL, code TEXT NOT NULL, text TEXT NOT NULL,
    service TEXT NOT NULL, device TEXT);
CREATE INDEX events_by_time ON events (time);
CREATE TABLE commands (
    id INTEGER PRIMARY KEY, time INTEGER NOT NULL, command TEXT NOT NULL, accepted INTEGER NOT NULL,
    text TEXT NOT NULL, source TEXT, request TEXT);
CREATE INDEX commands_by_time ON commands (time);
CREATE TABLE states (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
)",
    R"(
ALTER TABLE balances ADD COLUMN unpriced_export_wh REAL NOT NULL DEFAULT 0;
ALTER TABLE days ADD COLUMN unpriced_export_wh REAL NOT NULL DEFAULT 0;
)"};

}  // namespace

int newest_version() {
    return static_cast<int>(kMigrations.size());
}

int version_of(SQLite::Database& database) {
    return database.execAndGet("PRAGMA user_version").getInt();
}

void migrate(SQLite::Database& database) {
    SQLite::Transaction transaction(database);
    for (auto version = version_of(database); version < newest_version(); ++version) {
        database.exec(kMigrations.at(static_cast<std::size_t>(version)));
    }
    database.exec("PRAGMA user_version = " + std::to_string(newest_version()));
    transaction.commit();
}

}  // namespace sunherd::history
