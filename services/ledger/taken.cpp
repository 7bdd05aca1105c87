#include "taken.hpp"

#include <charconv>
#include <sstream>

namespace sunherd::ledger {
namespace {

constexpr int kHex = 16;

/// FNV-1a, which is the same after an update.
std::uint64_t hashed(std::uint64_t hash, std::string_view text) {
    for (const char c : text) {
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3ULL;
    }
    return hash;
}

}  // namespace

bool Taken::add(std::string_view topic, std::string_view payload) {
    return add(hashed(hashed(0xCBF29CE484222325ULL, topic) * 31, payload));
}

bool Taken::add(std::string_view topic, topics::Timestamp time, std::uint64_t seq) {
    const auto last = last_.find(topic);
    if (last == last_.end()) {
        if (last_.size() < kMostTopics) {
            last_.emplace(topic, Last{.time = time, .seq = seq});
        }
        return true;
    }
    if (time <= last->second.time && seq <= last->second.seq && ++last->second.refused < kMostRefused) {
        return false;
    }
    last->second = {.time = time, .seq = seq};
    return true;
}

bool Taken::add(std::uint64_t key) {
    if (!keys_.insert(key).second) {
        return false;
    }
    order_.push_back(key);
    if (order_.size() > kRemembered) {
        keys_.erase(order_.front());
        order_.pop_front();
    }
    return true;
}

std::string Taken::to_text() const {
    std::string text;
    char room[kHex];
    for (const auto key : order_) {
        const auto end = std::to_chars(room, room + kHex, key, kHex).ptr;
        text.append(room, end).append(" ");
    }
    for (const auto& [topic, last] : last_) {
        text += '\n' + std::to_string(last.time.time_since_epoch().count()) + ' ' + std::to_string(last.seq) +
                ' ' + topic;
    }
    return text;
}

Taken Taken::from_text(std::string_view text) {
    Taken taken;
    std::istringstream lines{std::string(text)};
    std::string line;
    std::getline(lines, line);
    text = text.substr(0, line.size());
    while (std::getline(lines, line)) {
        std::istringstream in(line);
        topics::Timestamp::rep time = 0;
        std::uint64_t seq = 0;
        std::string topic;
        if (in >> time >> seq >> topic) {
            taken.add(topic, topics::Timestamp(topics::Timestamp::duration(time)), seq);
        }
    }
    while (!text.empty()) {
        const auto word = text.substr(0, text.find(' '));
        std::uint64_t key = 0;
        if (std::from_chars(word.data(), word.data() + word.size(), key, kHex).ec == std::errc{}) {
            taken.add(key);
        }
        text.remove_prefix(std::min(text.size(), word.size() + 1));
    }
    return taken;
}

}  // namespace sunherd::ledger
