#include "history/store.hpp"

#include "history/rescue.hpp"
#include "history/schema.hpp"
#include "history/statements.hpp"

#include <SQLiteCpp/SQLiteCpp.h>

#include <algorithm>
#include <set>

namespace sunherd::history {
namespace {

constexpr std::chrono::minutes kQuarter{15};

/// `imported_wh = imported_wh + ?, …`, or with `named` `… + excluded.imported_wh`.
std::string added_to_balance(const std::string& more, bool named) {
    std::string update;
    for (const auto& [name, column] : kBalanceColumns) {
        update.append(update.empty() ? "" : ", ").append(name).append(" = ").append(name);
        update.append(" + ").append(more).append(named ? name : "");
    }
    return update;
}

/// Adds to the row of that key, or makes it with those columns, of which the key is the first.
std::string add_balance(const std::string& table, const std::vector<std::string>& columns) {
    std::string names;
    std::string values;
    for (const auto& column : columns) {
        names += column + ", ";
        values += "?, ";
    }
    for (std::size_t i = 0; i < kBalanceColumns.size(); ++i) {
        values += i == 0 ? "?" : ", ?";
    }
    return "INSERT INTO " + table + " (" + names + balance_columns() + ") VALUES (" + values +
           ") ON CONFLICT (" + columns.front() + ") DO UPDATE SET " + added_to_balance("excluded.", true);
}

void bind_balance(Binder& bind, const Balance& balance) {
    for (const auto& [name, column] : kBalanceColumns) {
        bind(balance.*column);
    }
}

/// What of an amount that has no price gets that one: of a quarter of an hour, the slot's part of what was
/// not priced by the slots before it, which come first.
Balance priced(const TimedBalance& quarter, const topics::PriceSlot& slot) {
    const auto end = quarter.start + kQuarter;
    const std::chrono::duration<double> begins = end - std::max(slot.start, quarter.start);
    const std::chrono::duration<double> has = std::min(slot.end, end) - std::max(slot.start, quarter.start);
    const double part = has / begins;
    Balance more;
    more.unpriced_import_wh = -quarter.balance.unpriced_import_wh * part;
    more.unpriced_export_wh = -quarter.balance.unpriced_export_wh * part;
    more.import_cost = -more.unpriced_import_wh / 1000 * slot.price_per_kwh;
    more.export_income = -more.unpriced_export_wh / 1000 * slot.feed_in_per_kwh.value_or(0);
    return more;
}

Timestamp now_by(SQLite::Database& database) {
    return from_ms(database.execAndGet("SELECT CAST(strftime('%s', 'now') AS INTEGER) * 1000").getInt64());
}

}  // namespace

struct Store::Impl {
    explicit Impl(const Options& options)
        : database(options.file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE,
                   static_cast<int>(options.patience.count())) {}

    SQLite::Statement& statement(const std::string& sql) { return statements.get(sql); }

    void write_sessions(const std::vector<SessionRow>& rows);
    void write_slices(const Changes& changes);
    void write_balances(const Changes& changes);
    void add_to_quarter(Timestamp start, const Balance& more);
    void write_prices(const std::vector<TariffSlot>& rows);
    void write_words(const Changes& changes);
    void reprice(const topics::PriceSlot& slot);
    void reprice_balances(const topics::PriceSlot& slot);
    sessions::Slices slices(const std::string& session);

    SQLite::Database database;
    Statements statements{database};
};

Store::Store(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Store::~Store() = default;

Result<std::unique_ptr<Store>> Store::open(const Options& options, Opened& opened) {
    const auto doing = "opening " + options.file.string();
    const auto when = guarded(doing, [] {
        SQLite::Database clock(":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
        return now_by(clock);
    });
    if (is_lost(options.file) || damage_of(options.file)) {
        if (auto rescued = rescue(options.file, when.value_or(Timestamp{}), opened); !rescued) {
            return tl::unexpected(rescued.error());
        }
    }
    return guarded(doing, [&] {
        auto impl = std::make_unique<Impl>(options);
        auto& database = impl->database;
        const auto version = version_of(database);
        if (version > newest_version()) {
            throw std::runtime_error("it is of a newer Sunherd (version " + std::to_string(version) +
                                     "); update this one, or move the file away");
        }
        opened.created = version == 0;
        if (version > 0 && version < newest_version()) {
            opened.migrated_from = version;
            opened.backup = back_up(options.file, *when, kKeptBackups).value();
        }
        database.exec("PRAGMA journal_mode = WAL");
        // The spool lets go of what is said to be written here: it has to be on the disk then.
        database.exec("PRAGMA synchronous = FULL");
        if (version < newest_version()) {
            migrate(database);
        }
        return std::unique_ptr<Store>(new Store(std::move(impl)));
    });
}

Result<void> Store::apply(const Changes& changes) {
    if (changes.empty()) {
        return {};
    }
    return guarded("writing", [&] {
        SQLite::Transaction transaction(impl_->database, SQLite::TransactionBehavior::IMMEDIATE);
        impl_->write_sessions(changes.sessions);
        impl_->write_slices(changes);
        impl_->write_balances(changes);
        impl_->write_prices(changes.prices);
        for (const auto& slot : changes.late_prices) {
            impl_->reprice(slot);
            impl_->reprice_balances(slot);
        }
        impl_->write_words(changes);
        transaction.commit();
    });
}

void Store::Impl::write_sessions(const std::vector<SessionRow>& rows) {
    for (const auto& row : rows) {
        auto& insert = statement(std::string("INSERT OR REPLACE INTO sessions (") + kSessionColumns +
                                 ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
        bind_session(insert, row);
        insert.exec();
    }
}

void Store::Impl::write_slices(const Changes& changes) {
    for (const auto& [key, slice] : changes.slices) {
        auto& insert = statement(std::string("INSERT OR REPLACE INTO slices (session, ") + kSliceColumns +
                                 ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
        const auto& flow = slice.flow;
        Binder bind(insert);
        bind(key.first)(key.second)(flow.energy_wh)(flow.sun_wh)(flow.battery_wh)(flow.grid_wh);
        const auto& price = slice.price;
        bind(price ? std::optional(price->start) : std::nullopt)(
            price ? std::optional(price->end) : std::nullopt)(price ? std::optional(price->price_per_kwh)
                                                                    : std::nullopt)(
            price ? price->feed_in_per_kwh : std::nullopt)(price ? price->co2_g_per_kwh : std::nullopt);
        insert.exec();
    }
}

void Store::Impl::write_balances(const Changes& changes) {
    // Days are not summed up anew: of old ones the quarters of an hour are forgotten.
    for (const auto& day : changes.days) {
        Balance more;
        for (auto at = changes.balances.lower_bound(day.start);
             at != changes.balances.end() && at->first < day.end; ++at) {
            more.add(at->second);
        }
        auto& insert = statement(add_balance("days", {"date", "start", "end"}));
        auto bind = bind_to(insert);
        bind_balance(bind(day.date)(day.start)(day.end), more);
        insert.exec();
    }
    for (const auto& [start, balance] : changes.balances) {
        add_to_quarter(start, balance);
    }
}

void Store::Impl::add_to_quarter(Timestamp start, const Balance& more) {
    auto& insert = statement(add_balance("balances", {"start"}));
    auto bind = bind_to(insert);
    bind_balance(bind(start), more);
    insert.exec();
}

void Store::Impl::write_prices(const std::vector<TariffSlot>& rows) {
    for (const auto& [tariff, currency, slot] : rows) {
        // Rows are pieces that a PriceBook cut: these two only meet what it has forgotten, or never knew.
        // Slots don't overlap: only the last one before can reach into this one.
        auto& cut = statement(
            "UPDATE prices SET end = ? WHERE tariff = ? AND end > ? AND start = (SELECT MAX(start) FROM "
            "prices "
            "WHERE tariff = ? AND start < ?)");
        bind_to(cut)(slot.start)(tariff)(slot.start)(tariff)(slot.start);
        cut.exec();
        auto& clear = statement("DELETE FROM prices WHERE tariff = ? AND start > ? AND start < ?");
        bind_to(clear)(tariff)(slot.start)(slot.end);
        clear.exec();
        auto& insert = statement(std::string("INSERT OR REPLACE INTO prices (") + kPriceColumns +
                                 ") VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
        bind_to(insert)(tariff)(slot.start)(slot.end)(currency)(slot.price_per_kwh)(
            slot.energy_price_per_kwh)(slot.feed_in_per_kwh)(slot.co2_g_per_kwh);
        insert.exec();
    }
}

void Store::Impl::write_words(const Changes& changes) {
    for (const auto& event : changes.events) {
        auto& insert = statement(
            "INSERT INTO events (time, severity, code, text, service, device) VALUES (?, ?, ?, ?, ?, ?)");
        bind_to(insert)(event.time)(topics::to_word(event.severity))(event.code)(event.text)(event.service)(
            event.device);
        insert.exec();
    }
    for (const auto& command : changes.commands) {
        auto& insert = statement(
            "INSERT INTO commands (time, command, accepted, text, source, request) VALUES (?, ?, ?, ?, ?, "
            "?)");
        bind_to(insert)(command.time)(command.command)(command.accepted ? 1 : 0)(command.text)(
            command.source)(command.id);
        insert.exec();
    }
    for (const auto& [name, value] : changes.states) {
        auto& insert = statement("INSERT OR REPLACE INTO states (name, value) VALUES (?, ?)");
        bind_to(insert)(name)(value);
        insert.exec();
    }
}

/// Slices of that time that had no price get it, and their sessions' sums are made anew.
void Store::Impl::reprice(const topics::PriceSlot& slot) {
    auto& find =
        statement("SELECT DISTINCT session FROM slices WHERE price IS NULL AND start >= ? AND start < ?");
    bind_to(find)(slot.start)(slot.end);
    std::set<std::string> concerned;
    while (find.executeStep()) {
        concerned.insert(find.getColumn(0).getString());
    }
    if (concerned.empty()) {
        return;
    }
    auto& update = statement(
        "UPDATE slices SET price_start = ?, price_end = ?, price = ?, feed_in = ?, co2_g_per_kwh = ? "
        "WHERE price IS NULL AND start >= ? AND start < ?");
    bind_to(update)(slot.start)(slot.end)(slot.price_per_kwh)(slot.feed_in_per_kwh)(slot.co2_g_per_kwh)(
        slot.start)(slot.end);
    update.exec();
    for (const auto& id : concerned) {
        const auto totals = sessions::totals_of(slices(id));
        auto& sum = statement("UPDATE sessions SET cost = ?, unpriced_wh = ?, co2_g = ? WHERE id = ?");
        bind_to(sum)(totals.cost)(totals.unpriced_wh)(totals.co2_g)(id);
        sum.exec();
    }
}

/// The same for what the site took and gave in that time, and for the sums of its days.
void Store::Impl::reprice_balances(const topics::PriceSlot& slot) {
    auto& find = statement("SELECT start, " + balance_columns() +
                           " FROM balances WHERE start > ? AND start < ? AND (unpriced_import_wh > 0 OR "
                           "unpriced_export_wh > 0)");
    bind_to(find)(slot.start - kQuarter)(slot.end);
    std::vector<TimedBalance> quarters;
    while (find.executeStep()) {
        Columns columns(find);
        const auto start = columns.time();
        quarters.push_back({start, read_balance(columns)});
    }
    for (const auto& quarter : quarters) {
        const auto more = priced(quarter, slot);
        add_to_quarter(quarter.start, more);
        auto& sum =
            statement("UPDATE days SET " + added_to_balance("?", false) + " WHERE start <= ? AND end > ?");
        auto bind = bind_to(sum);
        bind_balance(bind, more);
        bind(quarter.start)(quarter.start);
        sum.exec();
    }
}

sessions::Slices Store::Impl::slices(const std::string& session) {
    auto& query = statement(std::string("SELECT ") + kSliceColumns + " FROM slices WHERE session = ?");
    bind_to(query)(session);
    sessions::Slices all;
    while (query.executeStep()) {
        auto slice = read_slice(Columns(query));
        all.emplace(slice.flow.bucket, slice);
    }
    return all;
}

Result<sessions::Slices> Store::slices(const std::string& session) {
    return guarded("reading a session", [&] { return impl_->slices(session); });
}

Result<std::map<std::string, std::string>> Store::states() {
    return guarded("reading states", [&] {
        std::map<std::string, std::string> all;
        auto& query = impl_->statement("SELECT name, value FROM states");
        while (query.executeStep()) {
            Columns columns(query);
            auto name = columns.text();
            all.emplace(std::move(name), columns.text());
        }
        return all;
    });
}

Result<std::vector<SessionRow>> Store::last_sessions() {
    return guarded("reading the last sessions", [&] {
        auto& query = impl_->statement(
            std::string("SELECT ") + kSessionColumns +
            " FROM sessions WHERE id IN (SELECT (SELECT id FROM sessions AS s WHERE s.evse = e.evse AND end "
            "IS NOT "
            "NULL ORDER BY start DESC LIMIT 1) FROM (SELECT DISTINCT evse FROM sessions) AS e)");
        std::vector<SessionRow> rows;
        while (query.executeStep()) {
            rows.push_back(read_session(Columns(query)));
        }
        return rows;
    });
}

Result<std::vector<TariffSlot>> Store::prices_from(Timestamp from) {
    return guarded("reading prices", [&] {
        auto& query = impl_->statement(std::string("SELECT ") + kPriceColumns +
                                       " FROM prices WHERE end > ? ORDER BY start");
        bind_to(query)(from);
        std::vector<TariffSlot> rows;
        while (query.executeStep()) {
            rows.push_back(read_tariff_slot(Columns(query)));
        }
        return rows;
    });
}

Result<int> Store::end_all_but(const std::vector<std::string>& running) {
    return guarded("ending sessions that nobody follows", [&] {
        std::string list;
        for (std::size_t i = 0; i < running.size(); ++i) {
            list += i == 0 ? "?" : ", ?";
        }
        SQLite::Statement end(impl_->database,
                              "UPDATE sessions SET end = start + CAST(duration_s * 1000 AS INTEGER) "
                              "WHERE end IS NULL AND id NOT IN (" +
                                  list + ")");
        Binder bind(end);
        for (const auto& id : running) {
            bind(id);
        }
        return end.exec();
    });
}

Result<void> Store::forget_before(Timestamp moment) {
    return guarded("forgetting what is old", [&] {
        SQLite::Transaction transaction(impl_->database, SQLite::TransactionBehavior::IMMEDIATE);
        constexpr auto kSlices =
            "DELETE FROM slices WHERE session IN "
            "(SELECT id FROM sessions WHERE start < ? AND end IS NOT NULL)";
        for (const auto* sql :
             {"DELETE FROM balances WHERE start < ?", "DELETE FROM prices WHERE end < ?",
              "DELETE FROM events WHERE time < ?", "DELETE FROM commands WHERE time < ?", kSlices}) {
            auto& forget = impl_->statement(sql);
            bind_to(forget)(moment);
            forget.exec();
        }
        transaction.commit();
    });
}

}  // namespace sunherd::history
