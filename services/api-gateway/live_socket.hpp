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
    static constexpr std::size_t kMostEvents = 100;  ///< that wait for one client
    static constexpr int kMostWishes = 20;           ///< of one client in ten seconds
    static constexpr std::size_t kMostWishBytes = 4096;
    static constexpr std::size_t kMostFilters = 32;

    LiveSockets(boost::asio::io_context& io, Live& live) : io_(io), live_(live) {}

    boost::asio::awaitable<void> serve(web::Stream stream, web::RawRequest raw, web::Request request);
    std::size_t clients() const { return clients_; }

  private:
    class Client;
    boost::asio::io_context& io_;
    Live& live_;
    std::size_t clients_ = 0;
};

}  // namespace sunherd::api
