#include "live_socket.hpp"

#include "topics/payload_guard.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <deque>

namespace sunherd::api {

namespace net = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;

namespace {

constexpr std::chrono::seconds kWishWindow{10};

std::vector<std::string> filters_of(std::string_view list) {
    std::vector<std::string> filters;
    while (!list.empty() && filters.size() < LiveSockets::kMostFilters) {
        const auto one = list.substr(0, list.find(','));
        list.remove_prefix(std::min(list.size(), one.size() + 1));
        if (!one.empty()) {
            filters.emplace_back(one);
        }
    }
    return filters;
}

/// `{"topics":[…]}`; absent: no such wish.
std::optional<std::vector<std::string>> parse_wish(const std::string& text) {
    const auto json = topics::parse_guarded(text).value_or(nlohmann::json());
    if (!json.is_object() || json.size() != 1 || !json.contains("topics") || !json["topics"].is_array() ||
        json["topics"].size() > LiveSockets::kMostFilters) {
        return std::nullopt;
    }
    std::vector<std::string> filters;
    for (const auto& filter : json["topics"]) {
        if (!filter.is_string()) {
            return std::nullopt;
        }
        filters.push_back(filter.get<std::string>());
    }
    return filters;
}

}  // namespace

class LiveSockets::Client : public std::enable_shared_from_this<Client> {
  public:
    Client(net::io_context& io, Live& live, web::Stream stream, web::Request request, const May& may)
        : socket_(std::move(stream)),
          ready_(io),
          live_(live),
          request_(std::move(request)),
          may_(may),
          filters_(filters_of(request_.param("topics").value_or(""))) {
        ready_.expires_at(net::steady_timer::time_point::max());
    }

    net::awaitable<void> run(web::RawRequest raw) {
        error_code error;
        auto timeouts = websocket::stream_base::timeout::suggested(beast::role_type::server);
        timeouts.idle_timeout = std::chrono::seconds(30);  // with pings, which browsers answer
        socket_.set_option(timeouts);
        websocket::permessage_deflate deflate;
        deflate.server_enable = false;  // a window for each client would cost 300 KiB
        socket_.set_option(deflate);
        socket_.read_message_max(kMostWishBytes);
        co_await socket_.async_accept(raw, net::redirect_error(net::use_awaitable, error));
        if (error) {
            co_return;
        }
        begin();
        net::co_spawn(
            socket_.get_executor(), [self = shared_from_this()] { return self->write(); }, net::detached);
        co_await read();
        end();
    }

  private:
    void begin() {
        snapshot_ = true;
        handle_ = live_.listen([this](const LivePtr& message) { note(message); });
    }

    void end() {
        live_.forget(handle_);
        over_ = true;
        ready_.cancel();
    }

    bool wants(std::string_view topic) const {
        return filters_.empty() ||
               std::ranges::any_of(filters_, [&](const auto& filter) { return topic_fits(filter, topic); });
    }

    void note(const LivePtr& message) {
        if (snapshot_ || !wants(message->topic)) {
            return;
        }
        if (!message->state) {
            events_.push_back(message);
            if (events_.size() > kMostEvents) {
                events_.pop_front();
            }
        } else {
            states_.insert_or_assign(message->topic, message);
        }
        ready_.cancel();
    }

    std::string next_frame() {
        std::string frame = snapshot_ ? R"({"snapshot":[)" : R"({"changes":[)";
        const auto add = [&](const LivePtr& message) {
            frame += (frame.back() == '[' ? "" : ",") + message->text;
        };
        if (std::exchange(snapshot_, false)) {
            states_.clear();
            for (const auto& [key, message] : live_.topics()) {
                if (wants(message->topic)) {
                    add(message);
                }
            }
        }
        for (const auto& [topic, message] : states_) {
            add(message);
        }
        for (const auto& message : events_) {
            add(message);
        }
        states_.clear();
        events_.clear();
        return frame + "]}";
    }

    /// Sessions end and tokens expire while a socket is open.
    bool may_listen() {
        const auto now = Clock::now();
        if (now - looked_at_ >= kLookAgain) {
            looked_at_ = now;
            may_listen_ = may_(request_);
        }
        return may_listen_;
    }

    net::awaitable<void> write() {
        const auto self = shared_from_this();
        error_code error;
        while (!over_) {
            if (!snapshot_ && states_.empty() && events_.empty()) {
                co_await ready_.async_wait(net::redirect_error(net::use_awaitable, error));
                continue;
            }
            if (!may_listen()) {
                const websocket::close_reason why(websocket::close_code::policy_error, "log in again");
                co_await socket_.async_close(why, net::redirect_error(net::use_awaitable, error));
                co_return;
            }
            const auto frame = next_frame();
            co_await socket_.async_write(net::buffer(frame), net::redirect_error(net::use_awaitable, error));
            if (error) {
                beast::get_lowest_layer(socket_).close();
                co_return;
            }
        }
    }

    net::awaitable<void> read() {
        error_code error;
        auto window = Clock::now();
        for (int wishes = 0; !error;) {
            beast::flat_buffer buffer;
            co_await socket_.async_read(buffer, net::redirect_error(net::use_awaitable, error));
            if (error) {
                break;
            }
            if (Clock::now() - window > kWishWindow) {
                window = Clock::now();
                wishes = 0;
            }
            auto filters = parse_wish(beast::buffers_to_string(buffer.data()));
            if (!filters || ++wishes > kMostWishes) {
                const websocket::close_reason why(
                    websocket::close_code::policy_error,
                    filters ? "too many messages" : "send {\"topics\":[...]} or nothing");
                co_await socket_.async_close(why, net::redirect_error(net::use_awaitable, error));
                break;
            }
            filters_ = std::move(*filters);
            snapshot_ = true;
            ready_.cancel();
        }
    }

    websocket::stream<web::Stream> socket_;
    net::steady_timer ready_;
    Live& live_;
    const web::Request request_;
    const May& may_;
    std::vector<std::string> filters_;
    Clock::time_point looked_at_ = Clock::now();
    bool may_listen_ = true;
    std::map<std::string, LivePtr> states_;
    std::deque<LivePtr> events_;
    std::uint64_t handle_ = 0;
    bool snapshot_ = false;
    bool over_ = false;
};

bool LiveSockets::has_room_for(const std::string& client) const {
    const auto found = count_->of_one.find(client);
    return count_->all < kMostClients && (found == count_->of_one.end() || found->second < kMostOfOne);
}

net::awaitable<void> LiveSockets::serve(web::Stream stream, web::RawRequest raw, web::Request request) {
    struct Counted {
        std::shared_ptr<Count> count;
        std::string client;
        ~Counted() {
            --count->all;
            if (--count->of_one[client] == 0) {
                count->of_one.erase(client);
            }
        }
    };
    ++count_->all;
    ++count_->of_one[request.client];
    const Counted counted{count_, request.client};
    const auto client = std::make_shared<Client>(io_, live_, std::move(stream), std::move(request), may_);
    auto running = client->run(std::move(raw));
    co_await std::move(running);
}

}  // namespace sunherd::api
