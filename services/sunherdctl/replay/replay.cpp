#include "replay/replay.hpp"

#include "controller.hpp"
#include "service/virtual_context.hpp"
#include "topics/codec.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <set>

namespace sunherd::ctl {
namespace {

using std::chrono::milliseconds;

/// Where the controller of a replay keeps its state; gone with it.
class StateDirectory {
  public:
    StateDirectory() {
        auto name = (std::filesystem::temp_directory_path() / "sunherd-replay-XXXXXX").string();
        if (mkdtemp(name.data()) == nullptr) {
            throw std::runtime_error("no directory can be made in " +
                                     std::filesystem::temp_directory_path().string());
        }
        path_ = name;
    }
    ~StateDirectory() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    StateDirectory(const StateDirectory&) = delete;
    StateDirectory& operator=(const StateDirectory&) = delete;
    const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
};

/// Setpoints as they change, and why.
class Changes {
  public:
    explicit Changes(const topics::Names& names) : names_(names) {}

    void take(milliseconds at, const std::string& topic, const std::string& payload) {
        const auto parsed = names_.parse(topic);
        if (!parsed) {
            return;
        }
        if (parsed->kind == topics::Kind::evse_setpoint) {
            const auto setpoint = topics::decode<topics::EvseSetpoint>(payload);
            const auto last = last_.find(parsed->id);
            if (setpoint && (last == last_.end() || last->second != setpoint->current_a)) {
                last_[parsed->id] = setpoint->current_a;
                waits_[parsed->id] = all_.size();
                all_.push_back({.at = at, .evse = parsed->id, .current_a = setpoint->current_a, .why = {}});
            }
        } else if (parsed->kind == topics::Kind::control_evse && waits_.count(parsed->id) > 0) {
            // The controller tells why right after what.
            if (const auto control = topics::decode<topics::ControlEvse>(payload)) {
                all_[waits_.extract(parsed->id).mapped()].why = control->reason.code;
            }
        }
    }
    std::vector<Change> all() && { return std::move(all_); }

  private:
    const topics::Names& names_;
    std::map<std::string, double> last_;
    std::map<std::string, std::size_t> waits_;
    std::vector<Change> all_;
};

/// The first part of all topics, with the slash.
std::string root_of(const topics::Names& names) {
    auto all = names.all();
    all.pop_back();
    return all;
}

std::set<topics::Kind> heard() {
    using topics::Kind;
    return {Kind::grid,      Kind::pv,         Kind::battery,      Kind::meter,
            Kind::evse_info, Kind::evse_state, Kind::site_command, Kind::evse_command};
}

}  // namespace

std::vector<Change> replay(const Recording& recording, const site::Site& site) {
    const StateDirectory directory;
    service::VirtualContext context(site, directory.path());
    context.virtual_clock.set_utc(recording.started);
    controller::Controller controller(context);
    const topics::Names& names = context.names();
    Changes changes(names);
    milliseconds now{};
    const auto harvest = [&] {
        for (const auto& each : context.published) {
            changes.take(now, each.topic, each.payload);
        }
        context.forget();
    };
    const auto kinds = heard();
    for (const auto& message : recording.messages) {
        // In small steps, so that what timers decide has its time.
        while (now < message.at) {
            const auto step = std::min(milliseconds(100), message.at - now);
            context.pass(step);
            now += step;
            harvest();
        }
        const auto topic = root_of(names) + message.topic;
        const auto parsed = names.parse(topic);
        if (parsed && kinds.count(parsed->kind) > 0) {
            context.deliver(topic, message.payload, message.retained);
            harvest();
        }
    }
    return std::move(changes).all();
}

std::vector<Change> decided_then(const Recording& recording) {
    const topics::Names names("recorded", recording.site);
    Changes changes(names);
    for (const auto& message : recording.messages) {
        changes.take(message.at, root_of(names) + message.topic, message.payload);
    }
    return std::move(changes).all();
}

std::vector<Difference> differences(const std::vector<Change>& then, const std::vector<Change>& now,
                                    milliseconds tolerance, milliseconds end) {
    struct Both {
        std::optional<double> then_a;
        std::optional<double> now_a;
        std::string why;
        milliseconds since{};
    };
    std::map<std::string, Both> evses;
    std::vector<Difference> found;
    const auto close = [&](const std::string& evse, const Both& both, milliseconds at) {
        const bool differ = both.then_a && both.now_a && *both.then_a != *both.now_a;
        if (differ && at - both.since > tolerance) {
            found.push_back({evse, both.since, at, *both.then_a, *both.now_a, both.why});
        }
    };
    auto a = then.begin();
    auto b = now.begin();
    while (a != then.end() || b != now.end()) {
        const bool first = b == now.end() || (a != then.end() && a->at <= b->at);
        const Change& change = first ? *a++ : *b++;
        Both& both = evses[change.evse];
        close(change.evse, both, change.at);
        (first ? both.then_a : both.now_a) = change.current_a;
        if (!first) {
            both.why = change.why;
        }
        both.since = change.at;
    }
    for (const auto& [evse, both] : evses) {
        close(evse, both, end);
    }
    std::stable_sort(found.begin(), found.end(),
                     [](const auto& one, const auto& other) { return one.from < other.from; });
    return found;
}

}  // namespace sunherd::ctl
