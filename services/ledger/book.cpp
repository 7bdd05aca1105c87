#include "book.hpp"

#include "history/summary.hpp"
#include "state_text.hpp"

#include <algorithm>
#include <cmath>

namespace sunherd::ledger {
namespace {

using namespace std::chrono_literals;
using QuarterHour = std::chrono::duration<std::int64_t, std::ratio<900>>;

constexpr std::string_view kEvsePrefix = "evse:";
constexpr auto kMeters = "meters";
constexpr auto kTaken = "taken";
constexpr auto kModes = "modes";
constexpr auto kVehicles = "vehicles";
constexpr auto kTariff = "tariff";
constexpr double kTellAgainS = 60;
constexpr std::size_t kMostRemembered = 1000;
constexpr double kMostVolts = 260;
constexpr double kMostAmpere = 80;

/// What can flow through an EVSE, W.
double most_w(const site::Site& site, const std::string& id) {
    const auto found = std::ranges::find(site.evses, id, &site::Evse::id);
    return found == site.evses.end() ? 3 * kMostVolts * kMostAmpere
                                     : found->phases * kMostVolts * found->max_current_a;
}

/// True: it is another one than before.
template <class T>
bool put(std::map<std::string, T>& all, const std::string& id, const T& value) {
    const auto found = all.find(id);
    if (found == all.end() ? all.size() >= kMostRemembered : found->second == value) {
        return false;
    }
    all.insert_or_assign(id, value);
    return true;
}

std::string state_of(const std::map<std::string, std::string>& states, const char* name) {
    const auto found = states.find(name);
    return found == states.end() ? std::string() : found->second;
}

/// Whether there is more to tell than that time passes.
bool is_news(topics::Session before, const topics::Session& now) {
    if (std::abs(now.duration_s - before.duration_s) >= kTellAgainS) {
        return true;
    }
    before.duration_s = now.duration_s;
    before.charging_s = now.charging_s;
    before.avg_power_w = now.avg_power_w;
    return before != now;
}

}  // namespace

std::vector<std::string> Book::running_sessions(const std::map<std::string, std::string>& states) {
    std::vector<std::string> ids;
    for (const auto& [name, text] : states) {
        if (name.starts_with(kEvsePrefix)) {
            const auto state = from_text<sessions::SessionTracker::State>(text);
            if (state && state->session) {
                ids.push_back(state->session->id);
            }
        }
    }
    return ids;
}

Book::Book(const site::Site& site, const topics::Names& names, const Known& known)
    : site_(site),
      names_(names),
      prices_(site, known.prices, state_of(known.states, kTariff)),
      meters_(site) {
    for (const auto& [name, text] : known.states) {
        if (name == kMeters) {
            meters_.resume(from_text<std::map<std::string, energy::EnergyMeter::State>>(text).value_or(
                std::map<std::string, energy::EnergyMeter::State>{}));
        } else if (name == kTaken) {
            taken_ = Taken::from_text(text);
        } else if (name == kModes) {
            modes_ = from_text<std::map<std::string, Mode>>(text).value_or(std::map<std::string, Mode>{});
        } else if (name == kVehicles) {
            vehicles_ = from_text<std::map<std::string, topics::VehicleState>>(text).value_or(
                std::map<std::string, topics::VehicleState>{});
        } else if (name.starts_with(kEvsePrefix)) {
            const auto id = name.substr(kEvsePrefix.size());
            auto state =
                from_text<sessions::SessionTracker::State>(text).value_or(sessions::SessionTracker::State{});
            const auto slices = known.slices.find(state.session ? state.session->id : std::string());
            evses_.emplace(
                id, Evse{.tracker = {id, most_w(site, id), std::move(state)},
                         .slices = slices == known.slices.end() ? sessions::Slices{} : slices->second});
        }
    }
}

template <class M, class F>
std::optional<std::string> Book::decoded(const Arrival& arrival, const F& take) {
    const auto message = topics::decode<M>(arrival.payload);
    if (!message) {
        return message.error().text;
    }
    take(*message);
    return std::nullopt;
}

std::optional<std::string> Book::take(const Arrival& arrival) {
    const auto topic = names_.parse(arrival.topic);
    if (!topic) {
        return "no topic of this site";
    }
    anything_ = true;
    switch (topic->kind) {
        case topics::Kind::grid:
        case topics::Kind::pv:
        case topics::Kind::battery:
        case topics::Kind::evse_state:
            // What the broker kept may be of long ago; one that lives says it again soon.
            return arrival.retained ? std::nullopt : take_reading(*topic, arrival);
        default:
            return take_word(*topic, arrival);
    }
}

template <class M, class F>
std::optional<std::string> Book::once(const Arrival& arrival, const F& take) {
    return decoded<M>(arrival, [&](const M& reading) {
        if (taken_.add(arrival.topic, reading.time, reading.seq)) {
            take(reading);
        }
    });
}

/// Since the message before on the same topic, as far as this process knows.
std::optional<double> Book::elapsed(const Arrival& arrival) {
    const auto [before, is_first] = received_.try_emplace(std::string(arrival.topic), arrival.received);
    if (is_first) {
        return std::nullopt;
    }
    const double seconds = std::chrono::duration<double>(arrival.received - before->second).count();
    before->second = arrival.received;
    return seconds >= 0 ? std::optional(seconds) : std::nullopt;  // another boot's clock
}

std::optional<std::string> Book::take_reading(const topics::Parsed& topic, const Arrival& arrival) {
    const auto sink = [this](SiteMeters::Counted counted, const energy::Flow& flow) {
        add_balance(counted, flow);
    };
    switch (topic.kind) {
        case topics::Kind::grid:
            return once<topics::GridReading>(arrival, [&](const auto& reading) {
                meters_.take(reading, elapsed(arrival), buckets(), sink);
            });
        case topics::Kind::pv:
            return once<topics::PvReading>(arrival, [&](const auto& reading) {
                meters_.take_pv(topic.id, reading, elapsed(arrival), buckets(), sink);
            });
        case topics::Kind::battery:
            return once<topics::BatteryReading>(arrival, [&](const auto& reading) {
                meters_.take_battery(topic.id, reading, elapsed(arrival), buckets(), sink);
            });
        default:
            return once<topics::EvseState>(arrival,
                                           [&](const auto& state) { take_evse(topic.id, state, arrival); });
    }
}

std::optional<std::string> Book::take_word(const topics::Parsed& topic, const Arrival& arrival) {
    switch (topic.kind) {
        case topics::Kind::control_evse:
            return decoded<topics::ControlEvse>(arrival, [&](const auto& control) {
                words_changed_ = put(modes_, topic.id, Mode{control.mode}) || words_changed_;
            });
        case topics::Kind::vehicle_state:
            return decoded<topics::VehicleState>(arrival, [&](const auto& vehicle) {
                topics::VehicleState needed;
                needed.name = vehicle.name;
                needed.plugged = vehicle.plugged;
                needed.evse = vehicle.evse;
                words_changed_ = put(vehicles_, topic.id, needed) || words_changed_;
            });
        case topics::Kind::tariff_now:
        case topics::Kind::tariff_forecast:
            return take_prices(topic, arrival);
        case topics::Kind::event:
            return decoded<topics::Event>(arrival, [&](const auto& event) {
                if (pending_.events.size() < kMostWords && taken_.add(arrival.topic, arrival.payload)) {
                    pending_.events.push_back(event);
                }
            });
        case topics::Kind::command_result:
            return decoded<topics::CommandResult>(arrival, [&](const auto& result) {
                if (pending_.commands.size() < kMostWords && taken_.add(arrival.topic, arrival.payload)) {
                    pending_.commands.push_back(result);
                }
            });
        default:
            return "not for the ledger";
    }
}

std::optional<std::string> Book::take_prices(const topics::Parsed& topic, const Arrival& arrival) {
    const auto late = pending_.late_prices.size();
    std::optional<std::string> refused;
    prices_.session_runs(any_runs());
    const auto take = [&](const auto& prices) { refused = prices_.take(topic.id, prices, pending_); };
    const auto problem = topic.kind == topics::Kind::tariff_now
                             ? decoded<topics::TariffNow>(arrival, take)
                             : decoded<topics::TariffForecast>(arrival, take);
    price_late(
        {pending_.late_prices.begin() + static_cast<std::ptrdiff_t>(late), pending_.late_prices.end()});
    return problem ? problem : refused;
}

Book::Evse* Book::evse(const std::string& id) {
    if (const auto found = evses_.find(id); found != evses_.end()) {
        return &found->second;
    }
    return evses_.size() < kMostEvses
               ? &evses_.emplace(id, Evse{.tracker = {id, most_w(site_, id)}}).first->second
               : nullptr;
}

std::optional<std::string> Book::vehicle_at(const std::string& evse) const {
    for (const auto& [id, vehicle] : vehicles_) {
        if (vehicle.evse == evse && vehicle.plugged.value_or(true)) {
            return vehicle.name.value_or(id);
        }
    }
    return std::nullopt;
}

void Book::take_evse(const std::string& id, const topics::EvseState& state, const Arrival& arrival) {
    Evse* const one = evse(id);
    if (one == nullptr) {
        return;
    }
    meters_.note_evse(id, state.time, state.power_w.value_or(0));
    const auto mode = modes_.find(id);
    const auto result =
        one->tracker.take({.state = state,
                           .elapsed_s = elapsed(arrival),
                           .mix = meters_.mix(state.time),
                           .mode = mode == modes_.end() ? std::nullopt : std::optional(mode->second.mode),
                           .vehicle = vehicle_at(id),
                           .longest_gap_s = meters_.longest_gap_of_evse_s(id)},
                          buckets());
    add_flows(*one, result.ended ? result.ended->id : std::string(), result.flows_before);
    if (result.ended) {
        pending_.sessions.push_back(row_of(*result.ended, one->slices));
        ended_.push_back(
            {id, sessions::to_message(*result.ended, pending_.sessions.back().totals, prices_.currency())});
        one->slices.clear();
        one->told.reset();
    }
    const auto& running = one->tracker.running();
    add_flows(*one, running ? running->id : std::string(), result.flows);
    one->changed = true;
}

void Book::add_flows(Evse& evse, const std::string& session, const std::vector<energy::Flow>& flows) {
    for (const auto& flow : flows) {
        add_balance(&history::Balance::evse_wh, flow);
        if (session.empty()) {
            continue;
        }
        auto& slice = evse.slices[flow.bucket];
        slice.flow.bucket = flow.bucket;
        slice.flow.add(flow);
        slice.price = slice.price ? slice.price : prices_.at(flow.bucket);
        pending_.slices[{session, flow.bucket}] = slice;
    }
}

void Book::add_balance(SiteMeters::Counted counted, const energy::Flow& flow) {
    auto& balance = pending_.balances[std::chrono::floor<QuarterHour>(flow.bucket)];
    balance.*counted += flow.energy_wh;
    const auto price = prices_.at(flow.bucket);
    if (counted == &history::Balance::imported_wh) {
        balance.import_cost += price ? flow.energy_wh / 1000 * price->price_per_kwh : 0;
        balance.unpriced_import_wh += price ? 0 : flow.energy_wh;
    } else if (counted == &history::Balance::exported_wh) {
        balance.export_income += price ? flow.energy_wh / 1000 * price->feed_in_per_kwh.value_or(0) : 0;
        balance.unpriced_export_wh += price ? 0 : flow.energy_wh;
    }
}

void Book::price_late(const std::vector<topics::PriceSlot>& slots) {
    for (const auto& slot : slots) {
        for (auto& [id, one] : evses_) {
            for (auto at = one.slices.lower_bound(slot.start); at != one.slices.end() && at->first < slot.end;
                 ++at) {
                at->second.price = at->second.price ? at->second.price : slot;
                one.changed = true;
            }
        }
    }
}

energy::Buckets Book::buckets() const {
    return [this](energy::Moment moment) { return prices_.bucket(moment); };
}

history::SessionRow Book::row_of(const sessions::Session& session, const sessions::Slices& slices) const {
    return {.session = session, .totals = sessions::totals_of(slices), .currency = prices_.currency()};
}

history::Changes Book::changes(Timestamp now) {
    prices_.session_runs(any_runs());
    if (prices_.refresh(now, pending_)) {
        prices_changed_ = true;
    }
    for (auto& [id, one] : evses_) {
        if (!std::exchange(one.changed, false)) {
            continue;
        }
        if (const auto& running = one.tracker.running()) {
            pending_.sessions.push_back(row_of(*running, one.slices));
        }
        pending_.states[std::string(kEvsePrefix) + id] = to_text(one.tracker.state());
    }
    std::set<history::Day> days;
    for (const auto& [start, balance] : pending_.balances) {
        days.insert(history::day_of(start, site_.time_zone));
    }
    pending_.days.assign(days.begin(), days.end());
    if (std::exchange(anything_, false)) {
        pending_.states[kMeters] = to_text(meters_.states());
        pending_.states[kTaken] = taken_.to_text();
        pending_.states[kTariff] = prices_.followed();
    }
    if (std::exchange(words_changed_, false)) {
        pending_.states[kModes] = to_text(modes_);
        pending_.states[kVehicles] = to_text(vehicles_);
    }
    return std::exchange(pending_, {});
}

std::vector<Book::Told> Book::running() {
    std::vector<Told> all;
    for (auto& [id, one] : evses_) {
        const auto& running = one.tracker.running();
        if (!running) {
            continue;
        }
        auto slices = one.slices;
        for (const auto& flow : one.tracker.open_flows()) {
            auto& slice = slices[flow.bucket];
            slice.flow.add(flow);
            slice.price = slice.price ? slice.price : prices_.at(flow.bucket);
        }
        const auto message = sessions::to_message(*running, sessions::totals_of(slices), prices_.currency());
        if (!one.told || is_news(*one.told, message)) {
            one.told = message;
            all.push_back({id, message});
        }
    }
    return all;
}

bool Book::is_running(const std::string& evse) const {
    const auto found = evses_.find(evse);
    return found != evses_.end() && found->second.tracker.running();
}

bool Book::any_runs() const {
    return std::ranges::any_of(evses_,
                               [](const auto& each) { return each.second.tracker.running().has_value(); });
}

std::vector<Book::Told> Book::ended() {
    return std::exchange(ended_, {});
}

bool Book::prices_changed() {
    return std::exchange(prices_changed_, false);
}

}  // namespace sunherd::ledger
