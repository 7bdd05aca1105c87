#pragma once

#include "http/server.hpp"
#include "live.hpp"

namespace sunherd::api {

/// WebSocket clients that see every change as it comes. A frame is one JSON object: first
/// `{"snapshot":[{"topic":…,"message":…},…]}`, then `{"changes":[…]}`. For a client that is slow only the
/// newest of each state topic waits, and the last hundred events. It may send `{"topics":["evse/+/state"]}`
/// to choose others, which brings a new snapshot.
class LiveSockets {
  public:
    static constexpr std::size_t kMostClients = 300;
    static constexpr std::size_t kMostOfOne = 150;         ///< of one address
    static constexpr std::chrono::seconds kLookAgain{10};  ///< whether a client still may listen
    static constexpr std::size_t kMostEvents = 100;        ///< that wait for one client
    static constexpr int kMostWishes = 20;                 ///< of one client in ten seconds
    static constexpr std::size_t kMostWishBytes = 4096;
    static constexpr std::size_t kMostFilters = 32;

    /// Whether who asked may (still) listen.
    using May = std::function<bool(const web::Request&)>;
    LiveSockets(boost::asio::io_context& io, Live& live, May may)
        : io_(io), live_(live), may_(std::move(may)) {}

    boost::asio::awaitable<void> serve(web::Stream stream, web::RawRequest raw, web::Request request);
    bool has_room_for(const std::string& client) const;
    std::size_t clients() const { return count_->all; }

  private:
    class Client;
    struct Count {
        std::size_t all = 0;
        std::map<std::string, std::size_t> of_one{};  ///< by address
    };
    boost::asio::io_context& io_;
    Live& live_;
    May may_;
    std::shared_ptr<Count> count_ = std::make_shared<Count>();  ///< coroutines that stand still outlive us
};

}  // namespace sunherd::api
