#include "command_line.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace sunherd::api {

namespace net = boost::asio;

net::awaitable<std::optional<topics::CommandResult>> CommandLine::send(const std::string& evse,
                                                                       const std::string& name,
                                                                       topics::Command command) {
    if (command.id.value_or("").empty()) {
        command.id = "api-" + run_ + '-' + std::to_string(++last_id_);
    }
    const auto id = *command.id;
    const auto waiting = std::make_shared<Waiting>(io_);
    waiting->timer.expires_after(kPatience);
    const auto place = waiting_.emplace(id, waiting);
    publish_(evse, name, std::move(command));
    boost::system::error_code ignored;
    co_await waiting->timer.async_wait(net::redirect_error(net::use_awaitable, ignored));
    waiting_.erase(place);
    co_return waiting->result;
}

void CommandLine::take(const topics::CommandResult& result) {
    const auto [first, last] = waiting_.equal_range(result.id.value_or(""));
    for (auto each = first; each != last; ++each) {
        each->second->result = result;
        each->second->timer.cancel();
    }
}

}  // namespace sunherd::api
