#include "simulator.hpp"

#include "market.hpp"

#include <boost/asio.hpp>
#include <unistd.h>

#include <csignal>
#include <stdexcept>
#include <thread>
#include <utility>

namespace sunherd::simulator {

namespace asio = boost::asio;
using topics::Severity;

namespace {

constexpr std::chrono::milliseconds kTick{50};
constexpr std::chrono::seconds kPublish{1};
constexpr auto kMarket = "market";

Playback playback_or_throw(const Arguments& arguments, const site::Site& site) {
    auto playback = load_playback(arguments, site);
    if (!playback) {
        throw service::WrongOptions(playback.error());
    }
    return std::move(*playback);
}

std::optional<Market> market_of(const Playback& playback, const site::Site& site) {
    return playback.prices ? std::optional<Market>(std::in_place, playback.prices, playback.settings.speed,
                                                   site.time_zone)
                           : std::nullopt;
}

}  // namespace

/// House, devices and sockets, all on one thread; whatever is to be published is handed to the service's
/// loop.
class Simulator::Play {
  public:
    Play(service::Context& context, Playback playback)
        : context_(context),
          site_(context.site(), playback.settings, playback.demand, std::move(playback.visits)),
          server_(
              io_, site_, {playback.bind, playback.settings.seed}, [this] { return context_.clock().now(); },
              [this](const std::string& device, bool open, const std::string& text) {
                  told(device, open, text);
              }),
          market_(market_of(playback, context.site())),
          timer_(io_),
          last_(context.clock().now()),
          published_(last_) {
        if (!server_.taken().empty()) {
            throw service::WrongOptions("another program listens on " + server_.taken().front() +
                                        ", as a second simulator would; end it, or give the devices of this "
                                        "site other ports");
        }
        for (const auto& text : site_.left_out()) {
            post([this, text] { context_.event(Severity::warning, "not_simulated", text); });
        }
        schedule();
        thread_ = std::thread([this] { io_.run(); });
    }

    ~Play() {
        io_.stop();
        thread_.join();
    }
    Play(const Play&) = delete;
    Play& operator=(const Play&) = delete;
    Play(Play&&) = delete;
    Play& operator=(Play&&) = delete;

    void apply(const topics::SimulatorFault& fault) {
        asio::post(io_, [this, fault] {
            const auto now = context_.clock().now();
            const auto applied = site_.apply(fault, now);
            if (!applied) {
                post([this, text = applied.error()] {
                    context_.event(Severity::warning, "simulator_fault_refused", text);
                });
                return;
            }
            publish(now);
            server_.sync();
        });
    }

  private:
    void post(std::function<void()> work) { context_.loop().post(std::move(work)); }

    void told(const std::string& device, bool open, const std::string& text) {
        post([this, device, open, text] {
            if (open) {
                context_.status().device_ok(device);
            } else {
                context_.event(Severity::warning, "not_simulated", device + ": " + text, device);
                context_.status().device_failed(device, true, text);
                context_.status().device_failed(device, true, text);
            }
        });
    }

    void publish(Moment now) {
        published_ = now;
        auto state = site_.state();
        state.time = context_.clock().utc();
        publish_prices(state.trace_time);
        const auto requests = server_.requests();
        post([this, state = std::move(state), more = requests - counted_] {
            context_.status().count("requests", more);
            context_.publish(context_.names().simulator_state(), state);
        });
        counted_ = requests;
        publish_vehicles();
    }

    void publish_prices(topics::Timestamp played) {
        if (!market_) {
            return;
        }
        auto news = market_->look({.now = context_.clock().utc(), .played = played});
        if (!news.now && !news.forecast) {
            return;
        }
        post([this, news = std::move(news)] {
            if (news.now) {
                context_.publish(context_.names().tariff_now(kMarket), *news.now);
            }
            if (news.forecast) {
                context_.publish(context_.names().tariff_forecast(kMarket), *news.forecast);
            }
        });
    }

    void publish_vehicles() {
        for (auto& [evse, vehicle] : site_.vehicles()) {
            if (auto& told = vehicles_[evse]; !(told == vehicle)) {
                told = vehicle;
                post([this, id = evse + "-car", vehicle = vehicle] {
                    context_.publish(context_.names().vehicle_state(id), vehicle);
                });
            }
        }
    }

    void schedule() {
        timer_.expires_at(last_ + kTick);
        timer_.async_wait([this](const boost::system::error_code& error) {
            if (!error) {
                tick();
            }
        });
    }

    void tick() {
        const auto now = context_.clock().now();
        site_.advance(std::chrono::duration<double>(now - last_).count(), now);
        last_ = now;
        const bool ended = site_.expire(now);
        server_.sync();
        if (ended || now - published_ >= kPublish) {
            publish(now);
        }
        schedule();
    }

    service::Context& context_;
    asio::io_context io_{1};
    SimulatedSite site_;
    ModbusServer server_;
    std::optional<Market> market_;
    asio::steady_timer timer_;
    Moment last_;
    Moment published_;
    std::map<std::string, topics::VehicleState> vehicles_;  ///< as last told
    std::uint64_t counted_ = 0;
    std::thread thread_;
};

Simulator::Simulator(service::Context& context, const Arguments& arguments) : context_(context) {
    auto playback = playback_or_throw(arguments, context.site());
    context_.on<topics::SimulatorFault>(
        topics::Kind::simulator_fault,
        [this](const topics::Parsed&, const topics::SimulatorFault& fault, const bus::Incoming& raw) {
            take_fault(fault, raw.retained);
        },
        bus::QoS::at_least_once);
    if (const auto after = playback.ends_after) {
        context_.loop().after(*after, [] { ::kill(::getpid(), SIGTERM); });
    }
    play_ = std::make_unique<Play>(context_, std::move(playback));
}

Simulator::~Simulator() = default;

void Simulator::stopping() {
    play_.reset();
}

void Simulator::take_fault(const topics::SimulatorFault& fault, bool retained) {
    if (retained || !play_) {
        return;  // a fault of long ago, or too late
    }
    play_->apply(fault);
}

}  // namespace sunherd::simulator
