#include "command_desk.hpp"

#include "state_file.hpp"

#include <algorithm>
#include <array>

namespace sunherd::controller {
namespace {

constexpr auto kFile = "overrides.json";
constexpr std::chrono::milliseconds kSave{250};
constexpr std::size_t kAnswersKept = 256;
constexpr std::size_t kMostSourceBytes = 64;
/// Settings that are about the car that is there.
constexpr std::array kOfThisVisit{kTargetEnergy, std::string_view("departure")};

std::string key_of(const std::string& topic, const topics::Command& command) {
    return topic + ' ' + *command.id;
}

}  // namespace

CommandDesk::CommandDesk(service::Context& context, Hooks hooks)
    : context_(context), hooks_(std::move(hooks)) {
    load();
    tell_overrides();
    const service::Handler<std::string> handler = [this](const auto& topic, const auto& payload,
                                                         const auto& raw) {
        const auto command = topics::decode_command(payload);
        if (!command) {
            context_.bad_message(raw.topic, command.error().text);
        }
        if (!rate_limit_.take(command ? command->source.value_or(raw.source) : raw.source,
                              context_.clock().now())) {
            refuse_flood(raw, command ? *command : topics::Command{});
        } else if (command) {
            take(topic, *command, raw);
        } else {
            answer(raw, {}, {.text = topic.name + ": " + command.error().text});
        }
    };
    context_.on(topics::Kind::site_command, handler, bus::QoS::at_least_once);
    context_.on(topics::Kind::evse_command, handler, bus::QoS::at_least_once);
    context_.loop().every(kSave, [this] { save(); });
}

void CommandDesk::load() {
    const auto file = context_.state_dir() / kFile;
    const auto text = read_state(file);
    if (!text) {
        return;
    }
    auto read = Overrides::from_json(*text);
    if (!read) {
        set_aside(file);
        context_.event(topics::Severity::warning, "overrides_damaged",
                       file.string() + " makes no sense (" + read.error() +
                           ") and was set aside as overrides.json.bad; the site file holds until commands "
                           "say otherwise");
        return;
    }
    overrides_ = std::move(*read);
    overrides_.expire(context_.clock().utc());
    saved_ = overrides_;
}

void CommandDesk::save() {
    if (overrides_ == saved_) {
        return;
    }
    const auto written = write_state(context_.state_dir() / kFile, overrides_.to_json());
    if (written) {
        saved_ = overrides_;
    } else if (!save_failed_) {
        context_.event(topics::Severity::warning, "overrides_not_saved",
                       written.error() + "; overrides hold, but a restart would forget them");
    }
    save_failed_ = !written;
}

void CommandDesk::tell_overrides() {
    told_ = overrides_;
    context_.publish(context_.names().control_overrides(), overrides_.listed());
}

void CommandDesk::see_changes() {
    if (overrides_ != told_) {
        tell_overrides();
        hooks_.changed();
    }
}

void CommandDesk::tick() {
    overrides_.expire(context_.clock().utc());
    see_changes();
}

void CommandDesk::charged(const std::string& evse, double energy_wh) {
    if (overrides_.charged(evse, energy_wh)) {
        overrides_.clear(evse, "departure");
        context_.event(topics::Severity::info, "energy_charged",
                       "the energy asked for is charged; " + evse + " goes on as before", evse);
    }
    see_changes();
}

void CommandDesk::car_left(const std::string& evse) {
    for (const auto setting : kOfThisVisit) {
        overrides_.clear(evse, std::string(setting));
    }
    see_changes();
}

void CommandDesk::refuse_flood(const bus::Incoming& raw, const topics::Command& command) {
    answer(raw, command,
           {.text = "too many commands: after " + std::to_string(static_cast<int>(RateLimit::kEach.at_once)) +
                    " at once, " + std::to_string(static_cast<int>(RateLimit::kEach.per_second)) +
                    " in a second of each source are carried out; send it again"});
    if (floods_.admit(raw.source, context_.clock().now())) {
        context_.event(topics::Severity::warning, "too_many_commands",
                       "commands come faster than they are carried out; those beyond are refused");
    }
}

void CommandDesk::take(const topics::Parsed& topic, topics::Command command, const bus::Incoming& raw) {
    if (!command.source && !raw.source.empty()) {
        command.source = raw.source;
    }
    if (command.source) {
        command.source = command.source->substr(0, kMostSourceBytes);
    }
    if (const auto* before = raw.retained ? nullptr : answered_before(raw.topic, command)) {
        answer(raw, command, *before);
        return;
    }
    const auto given = carry_out(topic, command, raw.retained);
    if (command.id && !raw.retained) {
        answered_.emplace_back(key_of(raw.topic, command), given);
        if (answered_.size() > kAnswersKept) {
            answered_.pop_front();
        }
    }
    answer(raw, command, given);
    see_changes();
}

Answer CommandDesk::carry_out(const topics::Parsed& topic, const topics::Command& command, bool retained) {
    if (retained) {
        return {.text = topic.name +
                        ": a retained command is ignored, as it would come again with each connection; "
                        "publish it without -r"};
    }
    auto given = controller::carry_out(topic.id, topic.name, command, context_.clock().utc(), hooks_.limits(),
                                       overrides_);
    if (given.pressed != nullptr) {
        given.text = topic.name + ": " + hooks_.press(topic.id, given.pressed->name);
    }
    return given;
}

const Answer* CommandDesk::answered_before(const std::string& topic, const topics::Command& command) const {
    if (!command.id) {
        return nullptr;
    }
    const auto found =
        std::ranges::find(answered_, key_of(topic, command), &std::pair<std::string, Answer>::first);
    return found != answered_.end() ? &found->second : nullptr;
}

void CommandDesk::answer(const bus::Incoming& raw, const topics::Command& command, const Answer& given) {
    topics::CommandResult result;
    result.command = context_.names().relative(raw.topic);
    result.accepted = given.accepted;
    result.text = given.text;
    result.id = command.id;
    result.until = given.until;
    result.source = command.source;
    context_.publish(context_.names().command_result(), std::move(result), /*keep=*/true);
    context_.status().count(given.accepted ? "commands_accepted" : "commands_rejected");
}

}  // namespace sunherd::controller
