#include "history/reader.hpp"

#include "history/schema.hpp"
#include "history/statements.hpp"

#include <SQLiteCpp/SQLiteCpp.h>

namespace sunherd::history {
namespace {

constexpr int kPatienceMs = 200;

/// In the order of the enumeration, so that "that or worse" is a list.
std::string severities_from(topics::Severity least) {
    std::string list;
    for (const auto& [severity, word] : topics::enum_words(topics::Severity{})) {
        if (severity >= least) {
            list.append(list.empty() ? "'" : ", '").append(word).append("'");
        }
    }
    return list;
}

/// Span, perhaps the last id, and the limit.
void bind_words(Binder& bind, const WordFilter& filter) {
    bind(filter.from)(filter.to);
    if (filter.before_id) {
        bind(*filter.before_id);
    }
    bind(static_cast<std::int64_t>(filter.limit));
}

std::string where(const SessionFilter& filter) {
    return std::string(" WHERE start >= ? AND start < ?") + (filter.evse ? " AND evse = ?" : "") +
           (filter.vehicle ? " AND vehicle = ?" : "");
}

void bind_filter(Binder& bind, const SessionFilter& filter) {
    bind(filter.from)(filter.to);
    if (filter.evse) {
        bind(*filter.evse);
    }
    if (filter.vehicle) {
        bind(*filter.vehicle);
    }
}

}  // namespace

struct Reader::Impl {
    explicit Impl(const std::filesystem::path& file)
        : database(file.string(), SQLite::OPEN_READONLY, kPatienceMs) {}

    /// Binds with `bind(binder)`, and gives `read(columns)` of each row.
    template <class Bind, class Read>
    auto rows(const std::string& sql, const Bind& bind, const Read& read)
        -> Result<std::vector<decltype(read(std::declval<Columns&>()))>> {
        return guarded("reading history", [&] {
            auto& query = statements.get(sql);
            // Also where reading throws: an open statement would keep old pages alive.
            const auto reset = [](SQLite::Statement* statement) { statement->tryReset(); };
            const std::unique_ptr<SQLite::Statement, decltype(reset)> at_the_end(&query, reset);
            Binder binder(query);
            bind(binder);
            std::vector<decltype(read(std::declval<Columns&>()))> all;
            while (query.executeStep()) {
                Columns columns(query);
                all.push_back(read(columns));
            }
            return all;
        });
    }

    SQLite::Database database;
    Statements statements{database};
};

Reader::Reader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Reader::~Reader() = default;

Result<std::unique_ptr<Reader>> Reader::open(const std::filesystem::path& file) {
    return guarded("opening " + file.string(), [&] {
        auto impl = std::make_unique<Impl>(file);
        if (const auto version = version_of(impl->database); version != newest_version()) {
            throw std::runtime_error("it has version " + std::to_string(version) + ", expected " +
                                     std::to_string(newest_version()) + "; the ledger brings it there");
        }
        return std::unique_ptr<Reader>(new Reader(std::move(impl)));
    });
}

Result<std::int64_t> Reader::generation() {
    return guarded("reading history",
                   [&] { return impl_->database.execAndGet("PRAGMA data_version").getInt64(); });
}

Result<std::vector<SessionRow>> Reader::sessions(const SessionFilter& filter) {
    std::string sql = std::string("SELECT ") + kSessionColumns + " FROM sessions" + where(filter);
    sql += !filter.after         ? ""
           : filter.newest_first ? " AND (start, id) < (?, ?)"
                                 : " AND (start, id) > (?, ?)";
    sql += filter.newest_first ? " ORDER BY start DESC, id DESC LIMIT ?" : " ORDER BY start, id LIMIT ?";
    return impl_->rows(
        sql,
        [&](Binder& bind) {
            bind_filter(bind, filter);
            if (filter.after) {
                bind(filter.after->start)(filter.after->id);
            }
            bind(static_cast<std::int64_t>(filter.limit));
        },
        [](Columns& columns) { return read_session(columns); });
}

Result<SessionSum> Reader::sum(const SessionFilter& filter) {
    const auto rows = impl_->rows(
        "SELECT COUNT(*), TOTAL(energy_wh), TOTAL(sun_wh), TOTAL(battery_wh), TOTAL(grid_wh), SUM(cost), "
        "TOTAL(unpriced_wh), CASE WHEN COUNT(co2_g) = COUNT(*) THEN SUM(co2_g) END FROM sessions" +
            where(filter) + " AND energy_wh > 0",
        [&](Binder& bind) { bind_filter(bind, filter); },
        [](Columns& columns) {
            SessionSum sum{.sessions = columns.whole()};
            auto& totals = sum.totals;
            for (auto* const wh : {&totals.energy_wh, &totals.sun_wh, &totals.battery_wh, &totals.grid_wh}) {
                *wh = columns.real();
            }
            totals.cost = columns.maybe_real();
            totals.unpriced_wh = columns.real();
            totals.co2_g = columns.maybe_real();
            return sum;
        });
    if (!rows) {
        return tl::unexpected(rows.error());
    }
    auto sum = rows->front();
    if (sum.totals.cost) {
        sum.totals.cost = sessions::to_the_cent(*sum.totals.cost);
    }
    return sum;
}

Result<std::optional<SessionRow>> Reader::session(const std::string& id) {
    auto rows = impl_->rows(
        std::string("SELECT ") + kSessionColumns + " FROM sessions WHERE id = ?",
        [&](Binder& bind) { bind(id); }, [](Columns& columns) { return read_session(columns); });
    if (!rows) {
        return tl::unexpected(rows.error());
    }
    return rows->empty() ? std::nullopt : std::optional(std::move(rows->front()));
}

Result<sessions::Slices> Reader::slices(const std::string& session) {
    const auto rows = impl_->rows(
        std::string("SELECT ") + kSliceColumns + " FROM slices WHERE session = ?",
        [&](Binder& bind) { bind(session); }, [](Columns& columns) { return read_slice(columns); });
    if (!rows) {
        return tl::unexpected(rows.error());
    }
    sessions::Slices all;
    for (const auto& slice : *rows) {
        all.emplace(slice.flow.bucket, slice);
    }
    return all;
}

Result<std::vector<TariffSlot>> Reader::prices(const std::string& tariff, Timestamp from, Timestamp to,
                                               std::size_t limit) {
    return impl_->rows(
        // A slot is a year at most; the one that holds at `from` is the last that began by then.
        std::string("SELECT ") + kPriceColumns +
            " FROM prices WHERE tariff = ? AND start >= COALESCE((SELECT MAX(start) FROM prices WHERE tariff "
            "= ? AND "
            "start <= ?), ?) AND start < ? AND end > ? ORDER BY start LIMIT ?",
        [&](Binder& bind) { bind(tariff)(tariff)(from)(from)(to)(from)(static_cast<std::int64_t>(limit)); },
        [](Columns& columns) { return read_tariff_slot(columns); });
}

Result<std::vector<TimedBalance>> Reader::balances(Timestamp from, Timestamp to, std::size_t limit) {
    return impl_->rows(
        "SELECT start, " + balance_columns() +
            " FROM balances WHERE start >= ? AND start < ? ORDER BY start LIMIT ?",
        [&](Binder& bind) { bind(from)(to)(static_cast<std::int64_t>(limit)); },
        [](Columns& columns) {
            const auto start = columns.time();
            return TimedBalance{start, read_balance(columns)};
        });
}

Result<std::vector<DayBalance>> Reader::days(Timestamp from, Timestamp to) {
    return impl_->rows(
        "SELECT date, start, end, " + balance_columns() +
            " FROM days WHERE start >= ? AND start < ? ORDER BY date",
        [&](Binder& bind) { bind(from)(to); },
        [](Columns& columns) {
            DayBalance row;
            row.day.date = columns.text();
            row.day.start = columns.time();
            row.day.end = columns.time();
            row.balance = read_balance(columns);
            return row;
        });
}

Result<std::vector<EventRow>> Reader::events(const WordFilter& filter) {
    std::string sql =
        "SELECT id, time, severity, code, text, service, device FROM events WHERE time >= ? AND time < ?";
    sql += filter.before_id ? " AND id < ?" : "";
    if (filter.severity) {
        sql += " AND severity IN (" + severities_from(*filter.severity) + ")";
    }
    return impl_->rows(
        sql + " ORDER BY id DESC LIMIT ?", [&](Binder& bind) { bind_words(bind, filter); },
        [](Columns& columns) {
            EventRow row{.id = columns.whole()};
            row.event.time = columns.time();
            row.event.severity =
                topics::from_word<topics::Severity>(columns.text()).value_or(topics::Severity::info);
            row.event.code = columns.text();
            row.event.text = columns.text();
            row.event.service = columns.text();
            row.event.device = columns.maybe_text();
            return row;
        });
}

Result<std::vector<CommandRow>> Reader::commands(const WordFilter& filter) {
    return impl_->rows(
        std::string(
            "SELECT id, time, command, accepted, text, source, request FROM commands WHERE time >= ? AND "
            "time < ?") +
            (filter.before_id ? " AND id < ?" : "") + " ORDER BY id DESC LIMIT ?",
        [&](Binder& bind) { bind_words(bind, filter); },
        [](Columns& columns) {
            CommandRow row{.id = columns.whole()};
            row.command.time = columns.time();
            row.command.command = columns.text();
            row.command.accepted = columns.integer() != 0;
            row.command.text = columns.text();
            row.command.source = columns.maybe_text();
            row.command.id = columns.maybe_text();
            return row;
        });
}

}  // namespace sunherd::history
