#include "engine/decide.hpp"

#include "engine/distribute.hpp"

#include <algorithm>

namespace sunherd::engine {
namespace {

/// The same EVSEs in the site's order, new ones without a past.
std::vector<EvseMemory> remembered(const Site& site, const Memory& before) {
    std::vector<EvseMemory> memories;
    memories.reserve(site.evses.size());
    for (std::size_t i = 0; i < site.evses.size(); ++i) {
        const auto& id = site.evses[i].id;
        const auto is_it = [&id](const EvseMemory& memory) { return memory.id == id; };
        if (i < before.evses.size() && is_it(before.evses[i])) {
            memories.push_back(before.evses[i]);
            continue;
        }
        const auto found = std::find_if(before.evses.begin(), before.evses.end(), is_it);
        memories.push_back(found != before.evses.end() ? *found : EvseMemory{.id = id});
    }
    return memories;
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
    if (!power.battery_w) {
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

void remember(const Share& share, const Site& site) {
    EvseMemory& memory = *share.memory;
    const bool by_fuse = share.reason.code == ReasonCode::main_fuse ||
                         share.reason.code == ReasonCode::circuit_fuse ||
                         share.reason.code == ReasonCode::import_limit;
    if (share.target_a > share.last_a) {
        memory.raised_at = site.now;
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
    memory.about_to_start = share.target_a <= 0 && share.reason.code == ReasonCode::making_room;
    if (!share.needs_sun()) {
        memory.surplus_since.reset();
        memory.shortage_since.reset();
    }
    memory.counted_a = std::max(memory.counted_a, share.target_a);
    memory.target_a = share.target_a;
}

EvseDecision answer(const Share& share) {
    EvseDecision decision{.id = share.evse->id, .target_a = share.target_a, .reason = share.reason};
    decision.reason.target_a = share.target_a;
    const double fallback_a = finite(share.evse->fallback_a).value_or(0);
    decision.fallback_a = std::clamp(fallback_a, 0.0, share.target_a);
    return decision;
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
        if (evse.disobeys_since && *evse.disobeys_since + site.timing.obey > site.now) {
            wake_at(decision, *evse.disobeys_since + site.timing.obey);
        }
    }
}

bool is_below(const Site& site, int circuit, int fuse) {
    while (circuit > fuse) {
        const int parent = site.circuits[static_cast<std::size_t>(circuit)].parent;
        circuit = parent >= 0 && parent < circuit ? parent : 0;
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

Decision decide_checked(const Site& site, const Memory& before) {
    Decision decision;
    decision.memory = {
        .evses = remembered(site, before), .circuits = before.circuits, .load_w = before.load_w};
    decision.memory.circuits.resize(site.circuits.size());
    catch_up_on_gaps(site, decision.memory);
    std::vector<Draw> draws;
    draws.reserve(site.evses.size());
    for (std::size_t i = 0; i < site.evses.size(); ++i) {
        draws.push_back(observe(site.evses[i], site, decision.memory.evses[i]));
    }
    const Fuses fuses(site, draws, decision.memory);
    const Power power = measure_power(site, draws);
    const auto surplus_w = usable_surplus(site, draws, power, decision.memory);

    std::vector<Share> shares;
    shares.reserve(site.evses.size());
    for (std::size_t i = 0; i < site.evses.size(); ++i) {
        shares.push_back(want(site.evses[i], draws[i], decision.memory.evses[i], fuses, site,
                              surplus_w && power.battery_w));
    }
    distribute(shares, fuses, surplus_w, site, decision);
    hold_back_raises(shares, fuses, site);

    judge_site(site, draws, fuses, power, decision);
    decision.surplus_w = power.surplus_w;
    decision.pv_w = site.pv.empty() ? std::nullopt : power.pv_w;
    decision.battery_w = site.batteries.empty() ? std::nullopt : power.battery_w;
    decision.evse_w = power.evse_w;
    if (power.grid_w && power.pv_w && power.battery_w) {
        decision.house_w = *power.grid_w + *power.pv_w + *power.battery_w - power.evse_w;
    }
    decision.evses.reserve(shares.size());
    for (const auto& share : shares) {
        decision.evses.push_back(answer(share));
        remember(share, site);
    }
    wake_when_stale(site, decision);
    wake_for_loads(site, decision);
    return decision;
}

}  // namespace

Decision decide(const Site& site, const Memory& before) {
    return needs_check(site) ? decide_checked(checked(site), before) : decide_checked(site, before);
}

}  // namespace sunherd::engine
