#include "topics/codec.hpp"

#include "topics/json_reader.hpp"
#include "topics/json_writer.hpp"
#include "topics/payload_guard.hpp"
#include "topics/text.hpp"

#include <algorithm>

namespace sunherd::topics {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxWordBytes = 256;

template <class M>
Decoded<M> from_json(const json& value) {
    M message;
    if (const auto problem = Reader::read_object(value, message)) {
        return tl::unexpected(
            DecodeError{problem->path.empty() ? problem->text : problem->path + ": " + problem->text});
    }
    return message;
}

}  // namespace

template <class M>
std::string encode(const M& message) {
    return Writer::to_json(message).dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
}

template <class M>
Decoded<M> decode(std::string_view payload) {
    const auto parsed = parse_guarded(payload);
    if (!parsed) {
        return tl::unexpected(parsed.error());
    }
    return from_json<M>(*parsed);
}

Decoded<Command> decode_command(std::string_view payload) {
    const auto word = trimmed(payload);
    const auto parsed = parse_guarded(word);
    if (parsed) {
        return from_json<Command>(parsed->is_object() ? *parsed : json{{"value", *parsed}});
    }
    if (word.find_first_of("{[\"") == 0) {
        return tl::unexpected(parsed.error());
    }
    if (word.empty() || word.size() > kMaxWordBytes || !std::ranges::all_of(word, is_printable)) {
        return tl::unexpected(
            DecodeError{"expected a JSON object, a number, true, false, or a word of at most " +
                        std::to_string(kMaxWordBytes) + " printable characters"});
    }
    Command command;
    command.value = std::string(word);
    return command;
}

template std::string encode(const GridReading&);
template std::string encode(const PvReading&);
template std::string encode(const BatteryReading&);
template std::string encode(const MeterReading&);
template std::string encode(const EvseInfo&);
template std::string encode(const EvseState&);
template std::string encode(const EvseSetpoint&);
template std::string encode(const EvseApplied&);
template std::string encode(const ControlSite&);
template std::string encode(const ControlEvse&);
template std::string encode(const ControlOverrides&);
template std::string encode(const EnergyTotals&);
template std::string encode(const ServiceStatus&);
template std::string encode(const Session&);
template std::string encode(const TariffNow&);
template std::string encode(const TariffForecast&);
template std::string encode(const VehicleState&);
template std::string encode(const Event&);
template std::string encode(const Command&);
template std::string encode(const CommandResult&);
template std::string encode(const ActionRequest&);
template std::string encode(const ActionApplied&);
template std::string encode(const SimulatorFault&);
template std::string encode(const SimulatorState&);
template Decoded<GridReading> decode(std::string_view);
template Decoded<PvReading> decode(std::string_view);
template Decoded<BatteryReading> decode(std::string_view);
template Decoded<MeterReading> decode(std::string_view);
template Decoded<EvseInfo> decode(std::string_view);
template Decoded<EvseState> decode(std::string_view);
template Decoded<EvseSetpoint> decode(std::string_view);
template Decoded<EvseApplied> decode(std::string_view);
template Decoded<ControlSite> decode(std::string_view);
template Decoded<ControlEvse> decode(std::string_view);
template Decoded<ControlOverrides> decode(std::string_view);
template Decoded<EnergyTotals> decode(std::string_view);
template Decoded<ServiceStatus> decode(std::string_view);
template Decoded<Session> decode(std::string_view);
template Decoded<TariffNow> decode(std::string_view);
template Decoded<TariffForecast> decode(std::string_view);
template Decoded<VehicleState> decode(std::string_view);
template Decoded<Event> decode(std::string_view);
template Decoded<Command> decode(std::string_view);
template Decoded<CommandResult> decode(std::string_view);
template Decoded<ActionRequest> decode(std::string_view);
template Decoded<ActionApplied> decode(std::string_view);
template Decoded<SimulatorFault> decode(std::string_view);
template Decoded<SimulatorState> decode(std::string_view);

}  // namespace sunherd::topics
