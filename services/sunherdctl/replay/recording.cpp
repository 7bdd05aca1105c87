#include "replay/recording.hpp"

#include <nlohmann/json.hpp>

namespace sunherd::ctl {
namespace {

using nlohmann::json;

constexpr int kVersion = 1;

std::string dump(const json& line) {
    return line.dump(-1, ' ', false, json::error_handler_t::replace);
}

Recorded message_of(const json& line) {
    return {.at = std::chrono::milliseconds(line.at("at_ms").get<std::int64_t>()),
            .topic = line.at("topic").get<std::string>(),
            .payload = line.at("payload").get<std::string>(),
            .retained = line.value("retained", false)};
}

void read_head(const json& line, Recording& recording) {
    if (line.at("recording").get<int>() != kVersion) {
        throw std::runtime_error("it is of another version");
    }
    recording.site = line.at("site").get<std::string>();
    const auto started = topics::parse_rfc3339(line.at("started").get<std::string>());
    if (!started) {
        throw std::runtime_error("started is no time");
    }
    recording.started = *started;
}

}  // namespace

RecordingWriter::RecordingWriter(std::ostream& out, const topics::Names& names, const std::string& site,
                                 topics::Timestamp started)
    : out_(out), names_(names) {
    out_ << dump({{"recording", kVersion}, {"site", site}, {"started", topics::to_rfc3339(started)}}) << '\n';
}

void RecordingWriter::write(std::chrono::milliseconds at, const bus::Incoming& message) {
    json line{{"at_ms", at.count()},
              {"topic", std::string(names_.relative(message.topic))},
              {"payload", message.payload}};
    if (message.retained) {
        line["retained"] = true;
    }
    out_ << dump(line) << '\n';
    ++count_;
}

tl::expected<Recording, std::string> read_recording(std::istream& in) {
    Recording recording;
    int number = 0;
    for (std::string line; std::getline(in, line);) {
        ++number;
        try {
            const auto parsed = json::parse(line);
            if (number == 1) {
                read_head(parsed, recording);
            } else {
                recording.messages.push_back(message_of(parsed));
                const auto count = recording.messages.size();
                if (count > 1 && recording.messages[count - 2].at > recording.messages.back().at) {
                    throw std::runtime_error("at_ms goes back");
                }
            }
        } catch (const std::exception& error) {  // of the JSON library, or ours
            if (number > 1 && in.eof()) {
                break;
            }
            return tl::unexpected("line " + std::to_string(number) +
                                  " is none of a recording: " + error.what());
        }
    }
    if (number == 0) {
        return tl::unexpected(std::string("it is empty; `sunherdctl record` makes one"));
    }
    return recording;
}

}  // namespace sunherd::ctl
