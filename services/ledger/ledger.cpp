#include "ledger.hpp"

#include "place.hpp"

#include <spdlog/spdlog.h>

#include <array>

namespace sunherd::ledger {
namespace {

using namespace std::chrono_literals;
using topics::Kind;
using topics::Severity;

constexpr auto kDatabase = "database";
constexpr auto kSpool = "spool";
constexpr auto kSpoolState = "spool";
constexpr std::uint64_t kSpoolBytes = 256ULL << 20;
constexpr std::uint64_t kBatchBytes = 512ULL << 10;
constexpr int kBatchesAtOnce = 4;
constexpr std::chrono::seconds kSayAgainAfter{60};
constexpr auto kTryAgainAfter = 5s;
constexpr auto kHousekeeping = std::chrono::minutes(30);
constexpr auto kBackupEvery = 24h;

constexpr std::array kListensTo{
    Kind::grid,          Kind::pv,         Kind::battery,         Kind::evse_state, Kind::control_evse,
    Kind::vehicle_state, Kind::tariff_now, Kind::tariff_forecast, Kind::event,      Kind::command_result};

}  // namespace

Ledger::Ledger(service::Context& context)
    : context_(context), often_(kSayAgainAfter), file_(context.state_dir() / "ledger.db") {
    context_.status().device_waiting(kDatabase);
    open_spool();
    std::vector<std::string> filters;
    filters.reserve(kListensTo.size());
    for (const auto kind : kListensTo) {
        filters.push_back(context_.names().filter(kind));
    }
    context_.take_all(filters, [this](const bus::Incoming& message) { return take(message); });
    context_.loop().post([this] { work(); });
    context_.loop().every(kStep, [this] { work(); });
    context_.loop().every(kHousekeeping, [this] { keep_house(); });
}

Ledger::~Ledger() {
    if (backup_.joinable()) {
        backup_.join();
    }
}

/// What has come so far is written down.
void Ledger::stopping() {
    work();
}

void Ledger::open_spool() {
    auto spool = spool::Spool::open({.directory = context_.state_dir() / "spool", .most_bytes = kSpoolBytes});
    if (!spool) {
        throw std::runtime_error("the spool can't be opened: " + spool.error().text);
    }
    spool_ = std::move(*spool);
    reached_ = spool_->found().end;
    context_.status().device_ok(kSpool);
    if (const auto cut = spool_->found().cut_bytes; cut > 0) {
        context_.event(
            Severity::warning, "spool_damaged",
            std::to_string(cut) + " bytes at the end of the spool were torn or damaged, and are cut", kSpool);
    }
}

/// On the bus's thread.
bool Ledger::take(const bus::Incoming& message) {
    if (message.payload.size() > topics::kMaxPayloadBytes) {
        context_.loop().post(
            [this, topic = message.topic] { context_.bad_message(topic, "larger than 64 KiB"); });
        return true;
    }
    const auto appended = spool_->append(to_record(message));
    if (appended) {
        return true;
    }
    context_.loop().post([this, why = appended.error().text] {
        context_.status().device_failed(kSpool, false, why);
        if (often_.admit("spool", context_.clock().now())) {
            context_.event(Severity::alarm, "spool_full", "disconnected, the broker holds what comes: " + why,
                           kSpool);
        }
        context_.loop().after(kTryAgainAfter, [this] { context_.take_again(); });
    });
    return false;
}

bool Ledger::open_store() {
    history::Opened opened;
    auto store = history::Store::open({.file = file_}, opened);
    if (!store) {
        failed(store.error());
        return false;
    }
    store_ = std::move(*store);
    say_opened(opened);
    return true;
}

void Ledger::say_opened(const history::Opened& opened) {
    if (opened.restored && !opened.set_aside) {
        context_.event(
            Severity::alarm, "ledger_damaged",
            "the database was gone; the backup " + opened.restored->filename().string() + " takes its place",
            kDatabase);
    }
    if (opened.set_aside) {
        context_.event(
            Severity::alarm, "ledger_damaged",
            "the database was damaged; it is set aside as " + opened.set_aside->filename().string() +
                (opened.restored
                     ? ", and the backup " + opened.restored->filename().string() + " takes its place"
                     : ", and an empty one takes its place: there was no backup"),
            kDatabase);
    }
    if (opened.migrated_from > 0) {
        context_.event(Severity::info, "ledger_migrated",
                       "the database was brought from version " + std::to_string(opened.migrated_from) +
                           " to the newest; as it was it is kept as " + opened.backup->filename().string(),
                       kDatabase);
    }
    if (opened.created) {
        spdlog::info("a new database: {}", file_.string());
    }
}

bool Ledger::load_book() {
    Book::Known known;
    auto states = store_->states();
    if (!states) {
        failed(states.error());
        return false;
    }
    known.states = std::move(*states);
    const auto running = Book::running_sessions(known.states);
    if (const auto ended = store_->end_all_but(running); !ended) {
        failed(ended.error());
        return false;
    }
    for (const auto& id : running) {
        auto slices = store_->slices(id);
        if (!slices) {
            failed(slices.error());
            return false;
        }
        known.slices.emplace(id, std::move(*slices));
    }
    auto prices = store_->prices_from(context_.clock().utc() - PriceKeeper::kRemembered);
    if (!prices) {
        failed(prices.error());
        return false;
    }
    known.prices = std::move(*prices);
    position_ = goes_on_at(known.states[kSpoolState], *spool_, reached_);
    book_ = std::make_unique<Book>(context_.site(), context_.names(), known);
    return true;
}

void Ledger::failed(const history::Trouble& trouble) {
    using enum history::Trouble::Kind;
    context_.status().device_failed(kDatabase, false, trouble.text);
    if (often_.admit(trouble.text, context_.clock().now())) {
        spdlog::warn("{}; what comes waits in the spool ({} bytes)", trouble.text, spool_->waiting_bytes());
    }
    book_.reset();
    // Opened anew means: checked as a whole. SQLite opens a file that it may not write to for good, though.
    const bool again = trouble.kind == damaged || trouble.kind == missing || trouble.kind == other ||
                       (trouble.kind == readonly && often_.admit("opened anew", context_.clock().now()));
    if (again) {
        store_.reset();
    }
}

void Ledger::work() {
    for (int i = 0; i < kBatchesAtOnce; ++i) {
        if (!step()) {
            return;
        }
    }
    context_.loop().post([this] { work(); });
}

bool Ledger::step() {
    if ((!store_ && !open_store()) || (!book_ && !load_book())) {
        return false;
    }
    if (const auto synced = spool_->sync(); !synced) {
        context_.status().device_failed(kSpool, false, synced.error().text);
    }
    auto batch = spool_->read(position_, kBatchBytes);
    if (!batch) {
        context_.status().device_failed(kSpool, false, batch.error().text);
        return false;
    }
    if (batch->damaged_bytes > 0) {
        context_.event(Severity::alarm, "spool_damaged",
                       std::to_string(batch->damaged_bytes) + " bytes of the spool are damaged and left out",
                       kSpool);
    }
    for (const auto record : batch->records) {
        const auto arrival = parse_record(record);
        const auto problem = arrival ? book_->take(*arrival) : std::optional<std::string>("damaged record");
        if (problem) {
            context_.bad_message(arrival ? std::string(arrival->topic) : kSpool, *problem);
        }
    }
    context_.status().count("messages", batch->records.size());
    return write(*batch) && !batch->records.empty();
}

bool Ledger::write(const spool::Batch& batch) {
    auto changes = book_->changes(context_.clock().utc());
    if (batch.end > position_) {
        changes.states[kSpoolState] = to_text({batch.end, spool_->id()});
        reached_ = std::max(reached_, batch.end);  // also where a commit fails, and was one
    }
    if (const auto written = store_->apply(changes); !written) {
        failed(written.error());
        return false;
    }
    context_.status().device_ok(kDatabase);
    if (batch.end > position_) {
        position_ = batch.end;
        const auto released = spool_->release(position_);
        if (released) {
            context_.status().device_ok(kSpool);
        } else {
            context_.status().device_failed(kSpool, false, released.error().text);
        }
    }
    publish();
    return true;
}

void Ledger::publish() {
    const bool first = !std::exchange(told_last_, true);
    if (first) {
        for (const auto& row : store_->last_sessions().value_or(std::vector<history::SessionRow>{})) {
            const auto session = sessions::to_message(row.session, row.totals, row.currency);
            context_.publish(context_.names().session_last(row.session.evse), session);
            // The broker may have it as one that runs: of the last process, killed before it told the end.
            if (!book_->is_running(row.session.evse)) {
                context_.publish(context_.names().session_current(row.session.evse), session);
            }
        }
    }
    for (const auto& [evse, session] : book_->running()) {
        context_.publish(context_.names().session_current(evse), session);
    }
    for (const auto& [evse, session] : book_->ended()) {
        context_.publish(context_.names().session_current(evse), session);
        context_.publish(context_.names().session_last(evse), session, true);
        spdlog::info(
            "session {} ended: {} Wh{}", session.session, session.energy_wh,
            session.cost ? ", " + std::to_string(*session.cost) + ' ' + session.currency.value_or("") : "");
    }
    if (book_->prices().is_own()) {
        publish_price(context_.clock().utc());
    }
    if (first) {
        keep_house();  // the last: where it fails, the book is gone
    }
}

void Ledger::publish_price(topics::Timestamp now) {
    const auto& prices = book_->prices();
    if (book_->prices_changed()) {
        topics::TariffForecast forecast;
        forecast.currency = prices.currency();
        forecast.slots = prices.ahead(now);
        context_.publish(context_.names().tariff_forecast(topics::kSiteTariff), forecast);
    }
    const auto slot = prices.at(now);
    if (!slot || slot == told_price_) {
        return;
    }
    told_price_ = slot;
    topics::TariffNow told;
    told.currency = prices.currency();
    told.price_per_kwh = slot->price_per_kwh;
    told.energy_price_per_kwh = slot->energy_price_per_kwh;
    told.feed_in_per_kwh = slot->feed_in_per_kwh;
    told.co2_g_per_kwh = slot->co2_g_per_kwh;
    told.valid_from = slot->start;
    told.valid_until = slot->end;
    context_.publish(context_.names().tariff_now(topics::kSiteTariff), told);
}

/// A backup a day, and what is old goes.
void Ledger::keep_house() {
    if (!store_ || backing_up_) {
        return;
    }
    const auto now = context_.clock().utc();
    const auto keep = std::chrono::hours(24) * context_.site().ledger.keep_days;
    if (const auto forgotten = store_->forget_before(now - keep); !forgotten) {
        failed(forgotten.error());
        return;
    }
    const auto backups = history::backups_of(file_);
    if (backed_up_ == topics::Timestamp{} && !backups.empty()) {
        std::error_code error;
        const auto age = std::filesystem::file_time_type::clock::now() -
                         std::filesystem::last_write_time(backups.front(), error);
        backed_up_ =
            error ? topics::Timestamp{} : now - std::chrono::duration_cast<std::chrono::milliseconds>(age);
    }
    if (now - backed_up_ < kBackupEvery && now >= backed_up_) {
        return;
    }
    backed_up_ = now;
    backing_up_ = true;
    if (backup_.joinable()) {
        backup_.join();
    }
    backup_ = std::thread([this, now] {
        auto done = history::back_up(file_, now, history::kKeptBackups);
        context_.loop().post([this, done = std::move(done)] {
            backing_up_ = false;
            if (!done) {
                context_.event(Severity::warning, "backup_failed", done.error().text, kDatabase);
            }
        });
    });
}

}  // namespace sunherd::ledger
