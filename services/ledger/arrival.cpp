#include "arrival.hpp"

#include <charconv>

namespace sunherd::ledger {

std::string to_record(const bus::Incoming& message) {
    std::string record = message.topic;
    record += '\0';
    record += std::to_string(message.received.time_since_epoch().count());
    record += message.retained ? 'r' : ' ';
    record += '\0';
    record += message.payload;
    return record;
}

std::optional<Arrival> parse_record(std::string_view record) {
    const auto topic_end = record.find('\0');
    const auto head_end = topic_end == std::string_view::npos ? topic_end : record.find('\0', topic_end + 1);
    if (head_end == std::string_view::npos || head_end < topic_end + 3) {
        return std::nullopt;
    }
    const auto head = record.substr(topic_end + 1, head_end - topic_end - 1);
    std::chrono::steady_clock::rep ticks = 0;
    const auto parsed = std::from_chars(head.data(), head.data() + head.size() - 1, ticks);
    if (parsed.ec != std::errc{} || parsed.ptr != head.data() + head.size() - 1) {
        return std::nullopt;
    }
    return Arrival{
        .topic = record.substr(0, topic_end),
        .payload = record.substr(head_end + 1),
        .received = std::chrono::steady_clock::time_point(std::chrono::steady_clock::duration(ticks)),
        .retained = head.back() == 'r'};
}

}  // namespace sunherd::ledger
