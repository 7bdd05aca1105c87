#pragma once

#include "book.hpp"
#include "topics/codec.hpp"

#include <chrono>
#include <stdexcept>

namespace sunherd::ledger::testing {

using namespace std::chrono_literals;

inline Timestamp utc(const char* text) {
    return *topics::parse_rfc3339(text);
}

/// A book that is told messages, and keeps what a database would.
class Bench {
  public:
    explicit Bench(site::Site site) : site_(std::move(site)) { restart(); }

    Timestamp now = utc("2026-06-21T10:00:00Z");
    std::chrono::steady_clock::time_point uptime{24h};

    void pass(std::chrono::milliseconds time) {
        now += time;
        uptime += time;
    }
    /// As after a `kill -9` right after a write.
    void restart() {
        Book::Known known{.states = states, .slices = {}, .prices = prices};
        for (const auto& id : Book::running_sessions(states)) {
            known.slices[id] = slices[id];
        }
        book = std::make_unique<Book>(site_, names, known);
    }
    template <class M>
    void tell(const topics::Topic<M>& topic, M message, bool retained = false) {
        message.time = now;
        message.seq = seq_++;
        raw(topic.name, topics::encode(message), retained);
    }
    std::optional<std::string> raw(const std::string& topic, const std::string& payload,
                                   bool retained = false) {
        last_topic = topic;
        last_payload = payload;
        return book->take({.topic = topic, .payload = payload, .received = uptime, .retained = retained});
    }
    void again() { raw(last_topic, last_payload); }
    void write() {
        const auto changes = book->changes(now);
        for (const auto& row : changes.sessions) {
            sessions[row.session.id] = row;
        }
        for (const auto& [key, slice] : changes.slices) {
            slices[key.first][key.second] = slice;
        }
        for (const auto& [start, balance] : changes.balances) {
            balances[start].add(balance);
        }
        for (const auto& [name, text] : changes.states) {
            states[name] = text;
        }
        prices.insert(prices.end(), changes.prices.begin(), changes.prices.end());
        late_prices.insert(late_prices.end(), changes.late_prices.begin(), changes.late_prices.end());
        events += changes.events.size();
    }
    const history::SessionRow& only_session() const {
        if (sessions.size() != 1) {
            throw std::runtime_error(std::to_string(sessions.size()) + " sessions");
        }
        return sessions.begin()->second;
    }

    topics::Names names{"sunherd", "home"};
    std::unique_ptr<Book> book;
    std::map<std::string, history::SessionRow> sessions{};
    std::map<std::string, sessions::Slices> slices{};
    std::map<Timestamp, history::Balance> balances{};
    std::map<std::string, std::string> states{};
    std::vector<history::TariffSlot> prices{};
    std::vector<topics::PriceSlot> late_prices{};
    std::size_t events = 0;
    std::string last_topic{};
    std::string last_payload{};

  private:
    site::Site site_;
    std::uint64_t seq_ = 0;
};

inline topics::EvseState evse_state(topics::Iec61851 state, double power_w,
                                    std::optional<double> total_wh = {}) {
    topics::EvseState message;
    message.state = state;
    message.power_w = power_w;
    message.total_energy_wh = total_wh;
    return message;
}

inline topics::GridReading grid(double power_w) {
    topics::GridReading message;
    message.source = "garage";
    message.power_w = power_w;
    return message;
}

inline topics::PvReading pv(double power_w) {
    topics::PvReading message;
    message.power_w = power_w;
    return message;
}

inline site::Site a_site() {
    site::Site site;
    site.id = "home";
    site.time_zone = "Europe/Berlin";
    site::Evse garage;
    garage.id = "garage";
    garage.max_current_a = 16;
    site.evses = {garage};
    return site;
}

}  // namespace sunherd::ledger::testing
