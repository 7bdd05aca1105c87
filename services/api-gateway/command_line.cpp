#include "command_line.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace sunherd::api {

namespace net = boost::asio;

net::awaitable<std::optional<topics::CommandResult>> CommandLine::send(const std::string& evse,
                                                                       const std::string& name,
                                                                       topics::Command command) {
    if (!command.id) {
        command.id = "api-" + run_ + '-' + std::to_string(++last_id_);
    }
    const auto id = *command.id;
    const auto waiting = std::make_shared<Waiting>(io_);
    waiting->timer.expires_after(kPatience);
    waiting_.insert_or_assign(id, waiting);
    publish_(evse, name, std::move(command));
    boost::system::error_code ignored;
    co_await waiting->timer.async_wait(net::redirect_error(net::use_awaitable, ignored));
    if (const auto found = waiting_.find(id); found != waiting_.end() && found->second == waiting) {
        waiting_.erase(found);
    }
    co_return waiting->result;
}

void CommandLine::take(const topics::CommandResult& result) {
    const auto found = waiting_.find(result.id.value_or(""));
    if (found != waiting_.end()) {
        found->second->result = result;
        found->second->timer.cancel();
    }
}

}  // namespace sunherd::api
