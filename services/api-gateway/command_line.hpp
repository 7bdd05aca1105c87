#pragma once

#include "topics/messages.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace sunherd::api {

/// Commands by HTTP: published as people's, and answered with what the controller says of them. The HTTP
/// thread's.
class CommandLine {
  public:
    static constexpr std::chrono::seconds kPatience{3};
    static constexpr std::size_t kMostWaiting = 100;

    /// publish: to `evse` (empty: the site) the command of that name.
    using Publish = std::function<void(const std::string& evse, const std::string& name, topics::Command)>;
    /// run: distinguishes the ids of this run from those of others.
    CommandLine(boost::asio::io_context& io, std::string run, Publish publish)
        : io_(io), run_(std::move(run)), publish_(std::move(publish)) {}

    /// Absent: no answer in time. Without an id the command gets one.
    boost::asio::awaitable<std::optional<topics::CommandResult>> send(const std::string& evse,
                                                                      const std::string& name,
                                                                      topics::Command command);
    bool is_full() const { return waiting_.size() >= kMostWaiting; }
    void take(const topics::CommandResult& result);

  private:
    struct Waiting {
        explicit Waiting(boost::asio::io_context& io) : timer(io) {}
        boost::asio::steady_timer timer;
        std::optional<topics::CommandResult> result{};
    };
    boost::asio::io_context& io_;
    std::string run_;
    Publish publish_;
    std::multimap<std::string, std::shared_ptr<Waiting>> waiting_;  ///< by the command's id, several for one
    std::uint64_t last_id_ = 0;
};

}  // namespace sunherd::api
