#include "site/checks.hpp"

#include <algorithm>
#include <cctype>
#include <map>
#include <tuple>

namespace sunherd::site {
namespace {

/// One EVSE and its key in the file.
struct Checked {
    const Draft& draft;
    const Evse& evse;
    std::size_t index;

    void add(std::string_view key, std::string text) const {
        draft.add(item_key("evses", index, key), std::move(text));
    }
};

void check_currents(const Checked& at) {
    const Evse& evse = at.evse;
    if (evse.min_current_a > evse.max_current_a) {
        at.add("max_current_a", "must be at least min_current_a (" + plain(evse.min_current_a) + "), not " +
                                    plain(evse.max_current_a));
        return;
    }
    const double fallback_a = evse.fallback_current_a;
    if (fallback_a != 0 && (fallback_a < evse.min_current_a || fallback_a > evse.max_current_a)) {
        at.add("fallback_current_a", "must be 0 or from min_current_a to max_current_a (" +
                                         plain(evse.min_current_a) + " to " + plain(evse.max_current_a) +
                                         "), not " + plain(fallback_a));
    }
}

void check_phases(const Checked& at) {
    const Evse& evse = at.evse;
    const int named = static_cast<int>(evse.phase_rotation.size() / 2);
    const bool one_phase_site = at.draft.site.grid.phases == 1;
    if (!at.draft.right({"grid"})) {
        return;
    }
    if (one_phase_site && evse.phases != 1) {
        at.add("phases",
               "must be 1, not " + std::to_string(evse.phases) + ": the grid connection has one phase");
    } else if (one_phase_site && evse.phase_rotation != "L1") {
        at.add("phase_rotation",
               "must be L1, not " + evse.phase_rotation + ": the grid connection has one phase");
    } else if (named != evse.phases) {
        at.add("phase_rotation", "must name as many phases as `phases` says (" + std::to_string(evse.phases) +
                                     "), not " + evse.phase_rotation +
                                     "; say which of the site's phases feed it, e.g. " +
                                     (evse.phases == 1   ? "L2"
                                      : evse.phases == 2 ? "L2L3"
                                                         : "L2L3L1"));
    }
}

void check_windows(const Checked& at) {
    const Evse& evse = at.evse;
    if (evse.mode == ChargeMode::night && evse.night.empty()) {
        at.add(
            "mode",
            "night needs a window, or it would never charge; e.g. night: [{from: \"22:00\", to: \"06:00\"}]");
    }
    for (std::size_t i = 0; i < evse.night.size(); ++i) {
        const auto& most_a = evse.night[i].max_current_a;
        if (most_a && (*most_a < evse.min_current_a || *most_a > evse.max_current_a)) {
            at.add("night[" + std::to_string(i) + "].max_current_a",
                   "must be from min_current_a to max_current_a (" + plain(evse.min_current_a) + " to " +
                       plain(evse.max_current_a) + "), not " + plain(*most_a));
        }
    }
}

void check_restart(const Checked& at) {
    using Kind = LoadGuardRestart::Kind;
    const LoadGuardRestart& restart = at.evse.load_guard_restart;
    if (restart.kind != Kind::none && !at.evse.master) {
        at.add("load_guard_restart",
               "only the master EVSE has a Load Guard; write `master: true` or leave it out");
    }
    const auto need = [&](std::string_view key, const std::string& value, std::string_view example) {
        if (value.empty()) {
            at.add("load_guard_restart." + std::string(key),
                   "is missing; with `by: " + std::string(topics::to_word(restart.kind)) + "` it says " +
                       std::string(example));
        }
    };
    if (restart.kind == Kind::mqtt) {
        need("topic", restart.topic, "where the switch takes commands, e.g. cmnd/loadguard/POWER");
        need("off", restart.off_payload, "what turns the supply off, e.g. \"OFF\"");
    }
    if (restart.kind == Kind::http) {
        need("url", restart.url, "what to ask, e.g. http://192.168.1.9/relay/0?turn=off&timer=10");
    }
    if (restart.first_pause > restart.longest_pause) {
        at.add("load_guard_restart.longest_pause_s",
               "must be at least first_pause_s (" + std::to_string(restart.first_pause.count()) + "), not " +
                   std::to_string(restart.longest_pause.count()));
    }
}

void check_endpoints(const Draft& draft) {
    std::map<std::tuple<std::string, std::uint16_t, int, int>, std::size_t> owners;
    for (std::size_t i = 0; i < draft.site.evses.size(); ++i) {
        const Evse& evse = draft.site.evses[i];
        std::string host = evse.host;
        std::transform(host.begin(), host.end(), host.begin(),
                       [](char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); });
        const auto [owner, is_new] = owners.try_emplace({host, evse.read_port, evse.unit, evse.connector}, i);
        if (!is_new) {
            draft.add(item_key("evses", i, "host"),
                      "is the same charging point as EVSE " + draft.site.evses[owner->second].id +
                          " in line " +
                          std::to_string(line_of(draft.root, item_key("evses", owner->second, "host"))) +
                          " (" + evse.host + " port " + std::to_string(evse.read_port) + " unit " +
                          std::to_string(evse.unit) + " connector " + std::to_string(evse.connector) +
                          "); the second one of a Duo has `connector: 2`");
        }
    }
}

}  // namespace

void check_evses(const Draft& draft) {
    for (std::size_t i = 0; i < draft.site.evses.size(); ++i) {
        const Checked at{draft, draft.site.evses[i], i};
        check_currents(at);
        check_phases(at);
        check_windows(at);
        check_restart(at);
    }
    check_endpoints(draft);
}

}  // namespace sunherd::site
