#include "engine/decide.hpp"

#include "engine/distribute.hpp"
#include "engine/phase_choice.hpp"
#include "engine/quarter.hpp"

#include <algorithm>

namespace sunherd::engine {
namespace {

/// The same EVSEs in the site's order, new ones without a past.
void bring_in_order(const Site& site, std::vector<EvseMemory>& memories) {
    for (std::size_t i = 0; i < site.evses.size(); ++i) {
        const auto& id = site.evses[i].id;
        if (i < memories.size() && memories[i].id == id) {
            continue;
        }
        const auto from = memories.begin() + static_cast<std::ptrdiff_t>(std::min(i, memories.size()));
        const auto found =
            std::find_if(from, memories.end(), [&id](const EvseMemory& memory) { return memory.id == id; });
        if (found != memories.end()) {
            std::iter_swap(from, found);
        } else {
            memories.insert(from, EvseMemory{.id = id});
        }
    }
    memories.resize(site.evses.size());
}

/// What no later step has to ask: there is a main fuse, each EVSE hangs at a circuit, 1 to 3 phases.
Site checked(Site site) {
    site.phases = std::clamp(site.phases, 1, 3);
    if (site.circuits.empty()) {
        site.circuits.push_back({.id = "main"});
    }
    for (auto& evse : site.evses) {
        if (evse.circuit < 0 || static_cast<std::size_t>(evse.circuit) >= site.circuits.size()) {
            evse.circuit = 0;
            evse.max_a = 0;
        }
    }
    return site;
}

bool needs_check(const Site& site) {
    return site.phases < 1 || site.phases > 3 || site.circuits.empty() ||
           std::any_of(site.evses.begin(), site.evses.end(), [&site](const Evse& evse) {
               return evse.circuit < 0 || static_cast<std::size_t>(evse.circuit) >= site.circuits.size();
           });
}

/// Worst first.
void judge_site(const Site& site, const std::vector<Draw>& draws, const Fuses& fuses, const Power& power,
                Decision& decision) {
    for (int c = 0; static_cast<std::size_t>(c) < site.circuits.size(); ++c) {
        if (fuses.unknown_at(c) == c) {
            const auto& circuit = site.circuits[static_cast<std::size_t>(c)];
            decision.ems_state = c == 0 ? EmsState::fault : EmsState::degraded;
            decision.reason = {.code = c == 0 ? ReasonCode::grid_stale : ReasonCode::circuit_stale,
                               .circuit = c};
            if (circuit.read_at) {
                decision.reason.age = site.now - *circuit.read_at;
            }
            return;
        }
    }
    decision.ems_state = EmsState::degraded;
    if (!power.batteries.power_w) {
        decision.reason.code = ReasonCode::battery_silent;
    } else if (std::any_of(draws.begin(), draws.end(), [](const Draw& draw) { return !draw.answers; })) {
        decision.reason.code = ReasonCode::evse_silent;
    } else if (!fuses.confirmed(0)) {
        decision.reason.code = ReasonCode::confirming;
    } else {
        decision.ems_state = EmsState::ok;
        decision.reason.code = ReasonCode::all_known;
    }
}

/// One that ends what it stops for a while, lest it be stopped again at once.
bool is_limit(ReasonCode code) {
    using enum ReasonCode;
    return code == main_fuse || code == circuit_fuse || code == circuit_power || code == import_limit ||
           code == average_limit || code == evse_limit || code == imbalance;
}

void remember(const Share& share, const Site& site) {
    EvseMemory& memory = *share.memory;
    const bool by_fuse = is_limit(share.reason.code);
    if (share.target_a > share.last_a) {
        memory.raised_at = site.now;
    } else if (share.target_a < share.last_a) {
        memory.lowered_at = site.now;
    }
    if (const double offer_a = withdrawn_offer(share, site); offer_a > share.draw->withdrawn_a) {
        memory.withdrawn_a = offer_a;
        memory.withdrawn_at = site.now;
    }
    if (share.target_a > 0) {
        memory.fuse_stopped_at.reset();
    } else if ((share.running() || memory.about_to_start) && by_fuse) {
        memory.fuse_stopped_at = site.now;
    }
    if (share.target_a > 0 && !share.running()) {
        memory.starts.note(site.now);
    }
    memory.about_to_start = share.target_a <= 0 && share.reason.code == ReasonCode::making_room;
    if (!share.needs_sun()) {
        memory.surplus_since.reset();
        memory.shortage_since.reset();
    }
    memory.counted_a = std::max(memory.counted_a, share.target_a);
    memory.target_a = share.target_a;
}

void answer(const Share& share, EvseDecision& decision) {
    decision.id = share.evse->id;
    decision.target_a = share.target_a;
    decision.cut_off = share.draw->cut_off;
    decision.phases = share.evse->can_switch ? std::optional(share.memory->phases) : std::nullopt;
    decision.reason = share.reason;
    decision.reason.target_a = share.target_a;
    const double fallback_a = finite(share.evse->fallback_a).value_or(0);
    decision.fallback_a = std::clamp(fallback_a, 0.0, share.target_a);
}

/// When a reading in use turns stale.
void wake_when_stale(const Site& site, Decision& decision) {
    const auto note = [&](const std::optional<Instant>& read_at, Instant stale_after) {
        if (is_fresh(read_at, stale_after, site.now)) {
            wake_at(decision, *read_at + stale_after + Instant(1));
        }
    };
    for (const auto& circuit : site.circuits) {
        note(circuit.read_at, circuit.stale_after);
    }
    for (const auto& evse : site.evses) {
        note(evse.read_at, evse.stale_after);
    }
}

void wake_for_loads(const Site& site, Decision& decision) {
    for (const auto& circuit : decision.memory.circuits) {
        for (const auto& load : circuit.load_a) {
            if (load.rising_since) {
                wake_at(decision, std::max(site.now + Instant(1), *load.rising_since + site.timing.skew));
            }
        }
    }
    for (const auto& evse : decision.memory.evses) {
        if (evse.withdrawn_at && *evse.withdrawn_at + site.timing.withdrawn > site.now) {
            wake_at(decision, *evse.withdrawn_at + site.timing.withdrawn);
        }
        if (evse.stuck_since && *evse.stuck_since + site.timing.cut_off > site.now) {
            wake_at(decision, *evse.stuck_since + site.timing.cut_off);
        }
        for (const auto patience : {site.timing.obey, site.timing.obey_calmly}) {
            if (evse.disobeys_since && *evse.disobeys_since + patience > site.now) {
                wake_at(decision, *evse.disobeys_since + patience);
            }
        }
    }
}

bool is_below(const Site& site, int circuit, int fuse) {
    while (circuit > fuse) {
        circuit = parent_of(site, circuit);
    }
    return circuit == fuse;
}

/// Nobody asked while a meter said nothing (we were stopped, say): meanwhile EVSEs went to their fallback,
/// and what we told them before counts no more.
void catch_up_on_gaps(const Site& site, Memory& memory) {
    for (std::size_t c = 0; c < site.circuits.size(); ++c) {
        const auto& circuit = site.circuits[c];
        const auto& last_read_at = memory.circuits[c].last_read_at;
        if (!circuit.read_at || !last_read_at || *circuit.read_at - *last_read_at <= circuit.stale_after) {
            continue;
        }
        for (std::size_t i = 0; i < site.evses.size(); ++i) {
            const double fallback_a = std::max(0.0, finite(site.evses[i].fallback_a).value_or(0));
            auto& target_a = memory.evses[i].target_a;
            if (target_a && is_below(site, site.evses[i].circuit, static_cast<int>(c))) {
                target_a = std::min(*target_a, fallback_a);
            }
        }
    }
}

/// The lower one of what may be imported at any time and in this quarter of an hour.
void limit_import(const Site& site, const Power& power, QuarterMemory& memory, Offer& offer) {
    offer.import_w = finite(site.max_import_w);
    const auto rest_w = rest_of_quarter(site, power.grid_w, memory);
    if (rest_w && (!offer.import_w || *rest_w < *offer.import_w)) {
        offer.import_w = rest_w;
        offer.by_average = true;
    }
}

/// Kept from one decision to the next for its memory alone: what it holds is written anew.
struct Work {
    std::vector<Draw> draws;
    std::vector<Share> shares;
    std::vector<Share*> order;
    Fuses fuses;
    static Work& of_thread() {
        thread_local Work one;
        return one;
    }
};

void measure(const Site& site, const Work& work, const Power& power, Decision& decision) {
    judge_site(site, work.draws, work.fuses, power, decision);
    decision.surplus_w = power.surplus_w;
    decision.pv_w = site.pv.empty() ? std::nullopt : power.pv_w;
    decision.battery_w = site.batteries.empty() ? std::nullopt : power.batteries.power_w;
    decision.evse_w = power.evse_w;
    decision.house_w.reset();
    if (power.grid_w && power.pv_w && power.batteries.power_w) {
        decision.house_w = *power.grid_w + *power.pv_w + *power.batteries.power_w - power.evse_w;
    }
}

void decide_checked(const Site& site, Decision& decision) {
    Work& work = Work::of_thread();
    Memory& memory = decision.memory;
    decision.wake_at.reset();
    decision.reason = {};
    bring_in_order(site, memory.evses);
    memory.circuits.resize(site.circuits.size());
    catch_up_on_gaps(site, memory);
    work.draws.clear();
    for (std::size_t i = 0; i < site.evses.size(); ++i) {
        Draw& draw = work.draws.emplace_back(observe(site.evses[i], site, memory.evses[i]));
        draw.changing = choose_phases(site.evses[i], site, draw, memory.evses[i]);
    }
    work.fuses.observe(site, work.draws, memory);
    const Power power = measure_power(site, work.draws, memory);
    const auto surplus = held_surplus(site, work.draws, power, memory);
    Offer offer{.surplus = surplus,
                .is_sure = surplus && power.batteries.power_w,
                .spares_battery = power.batteries.spared};
    limit_import(site, power, memory.quarter, offer);

    work.shares.clear();
    for (std::size_t i = 0; i < site.evses.size(); ++i) {
        work.shares.push_back(want(site.evses[i], work.draws[i], memory.evses[i], work.fuses, site, offer));
    }
    order_by_importance(work.shares, work.order);
    distribute(work.order, work.fuses, offer, site, decision);
    hold_back_raises(work.order, work.fuses, site);
    measure(site, work, power, decision);
    decision.evses.resize(work.shares.size());
    for (std::size_t i = 0; i < work.shares.size(); ++i) {
        answer(work.shares[i], decision.evses[i]);
        remember(work.shares[i], site);
    }
    wake_when_stale(site, decision);
    wake_for_loads(site, decision);
}

}  // namespace

Decision decide(const Site& site, const Memory& before) {
    Decision decision;
    decision.memory = before;
    decide(site, decision);
    return decision;
}

void decide(const Site& site, Decision& decision) {
    needs_check(site) ? decide_checked(checked(site), decision) : decide_checked(site, decision);
}

void forget_pauses(Memory& memory, const std::string& evse) {
    for (auto& each : memory.evses) {
        if (each.id == evse) {
            each.fuse_stopped_at.reset();
            each.starts.forget();
        }
    }
}

}  // namespace sunherd::engine
