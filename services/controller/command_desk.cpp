#include "command_desk.hpp"

#include "state_file.hpp"

namespace sunherd::controller {
namespace {

constexpr auto kFile = "overrides.json";
constexpr std::size_t kMaxWaiting = 1000;  ///< topics; ids of EVSEs that don't exist must not fill the memory

}  // namespace

CommandDesk::CommandDesk(service::Context& context, std::function<CommandLimits()> limits,
                         std::function<void()> changed)
    : context_(context), limits_(std::move(limits)), changed_(std::move(changed)) {
    load();
    const service::Handler<std::string> handler = [this](const auto& topic, const auto& payload,
                                                         const auto& raw) {
        if (const auto command = topics::decode_command(payload)) {
            take(topic, *command, raw);
        } else {
            refuse(topic, raw, command.error().text);
        }
    };
    context_.on(topics::Kind::site_command, handler, bus::QoS::at_least_once);
    context_.on(topics::Kind::evse_command, handler, bus::QoS::at_least_once);
    context_.loop().every(kPause, [this] { take_waiting(); });
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

void CommandDesk::tick() {
    if (overrides_.expire(context_.clock().utc())) {
        changed_();
    }
    save();
}

void CommandDesk::refuse(const topics::Parsed& topic, const bus::Incoming& raw, const std::string& why) {
    context_.bad_message(raw.topic, why);
    if (budget_ > 0) {
        --budget_;
        answer(raw, {}, {false, topic.name + ": " + why});
    }
}

void CommandDesk::take(const topics::Parsed& topic, const topics::Command& command,
                       const bus::Incoming& raw) {
    if (budget_ > 0 && waiting_.empty()) {
        --budget_;
        carry_out(topic, command, raw);
        return;
    }
    if (waiting_.empty()) {
        context_.event(topics::Severity::warning, "too_many_commands",
                       "commands come faster than they are carried out; for a while only the newest on each "
                       "topic counts");
    }
    if (waiting_.size() < kMaxWaiting || waiting_.count(raw.topic) > 0) {
        waiting_.insert_or_assign(raw.topic, Waiting{topic, command, raw});
    }
    context_.status().count("commands_waiting");
}

void CommandDesk::take_waiting() {
    budget_ = kAtOnce;
    const auto waiting = std::exchange(waiting_, {});
    for (const auto& [name, each] : waiting) {
        --budget_;
        carry_out(each.topic, each.command, each.raw);
    }
    save();
}

void CommandDesk::carry_out(const topics::Parsed& topic, const topics::Command& command,
                            const bus::Incoming& raw) {
    const Overrides before = overrides_;
    const Answer given =
        raw.retained ? Answer{false, topic.name +
                                         ": a retained command is ignored, as it would come again with each "
                                         "connection; publish it without -r"}
                     : controller::carry_out(topic.id, topic.name, command, context_.clock().utc(), limits_(),
                                             overrides_);
    answer(raw, command, given);
    if (overrides_ != before) {
        changed_();
    }
}

void CommandDesk::answer(const bus::Incoming& raw, const topics::Command& command, const Answer& given) {
    topics::CommandResult result;
    result.command = context_.names().relative(raw.topic);
    result.accepted = given.accepted;
    result.text = given.text;
    result.id = command.id;
    result.until = given.accepted ? command.until : std::nullopt;
    context_.publish(context_.names().command_result(), std::move(result), /*keep=*/true);
    context_.status().count(given.accepted ? "commands_accepted" : "commands_rejected");
}

}  // namespace sunherd::controller
