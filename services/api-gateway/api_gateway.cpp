#include "api_gateway.hpp"

#include <spdlog/spdlog.h>

namespace sunherd::api {
namespace {

namespace net = boost::asio;
namespace fs = std::filesystem;
using topics::Kind;

fs::path program_folder() {
    std::error_code error;
    const auto program = fs::read_symlink("/proc/self/exe", error);
    return error ? fs::path(".") : program.parent_path();
}

fs::path page_folder(const Options& options) {
    if (!options.page.empty()) {
        return options.page;
    }
    const auto beside = program_folder().parent_path() / "page";  // build/release/page
    std::error_code error;
    return fs::is_directory(beside, error) ? beside : program_folder().parent_path() / "share/sunherd/page";
}

std::string run_of(const service::Clock& clock) {
    return std::to_string(clock.utc().time_since_epoch().count());
}

}  // namespace

ApiGateway::ApiGateway(service::Context& context, const Options& options)
    : context_(context),
      gate_(context.site().http, context.clock(), logins_),
      desk_(options.ledger.empty() ? context.state_dir().parent_path() / "ledger" / "ledger.db"
                                   : fs::path(options.ledger)),
      commands_(io_, run_of(context.clock()),
                [this](const std::string& evse, const std::string& name, topics::Command command) {
                    context_.loop().post([this, evse, name, command = std::move(command)]() mutable {
                        publish(evse, name, std::move(command));
                    });
                }),
      sockets_(io_, live_,
               [this](const web::Request& request) {
                   const auto who = gate_.identify(request);
                   return who && who->role >= web::Role::view;
               }),
      parts_(new Parts{.io = io_,
                       .site = context.site(),
                       .names = context.names(),
                       .clock = context.clock(),
                       .live = live_,
                       .desk = desk_,
                       .logins = logins_,
                       .gate = gate_,
                       .commands = commands_,
                       .cache = cache_,
                       .sockets = sockets_,
                       .server = server_,
                       .page = page_folder(options),
                       .report_program = program_folder() / "report"}) {
    add_live_routes(router_, *parts_);
    add_history_routes(router_, *parts_);
    add_word_routes(router_, *parts_);
    add_export_routes(router_, *parts_);
    add_command_routes(router_, *parts_);
    add_login_routes(router_, *parts_);
    add_service_routes(router_, *parts_);
    add_page(router_, *parts_);
    follow_all();
    listen();
    thread_ = std::thread([this] {
        for (;;) {
            try {
                io_.run();
                return;
            } catch (const std::exception& error) {
                spdlog::error("internal error: {}", error.what());
            }
        }
    });
}

ApiGateway::~ApiGateway() {
    io_.stop();
    if (thread_.joinable()) {
        thread_.join();
    }
}

void ApiGateway::listen() {
    const auto& http = context_.site().http;
    try {
        server_ = std::make_unique<web::Server>(io_, http.bind, http.port, web_site(), web::Limits{});
    } catch (const std::exception& error) {
        throw service::WrongOptions("can't listen on " + http.bind + ":" + std::to_string(http.port) + ": " +
                                    error.what() + "; say another with http.port or HTTP_PORT");
    }
    spdlog::info("listening on http://{}:{}{}", http.bind, http.port, http.base_path);
    if (!fs::exists(parts_->page / "index.html")) {
        spdlog::warn("the page is not there ({}): it needs npm when it is built; REST and WebSocket work",
                     parts_->page.string());
    }
}

web::Site ApiGateway::web_site() {
    return {.admit = [this](const web::RawRequest& raw,
                            const std::string& address) { return gate_.admit(raw, address); },
            .answer = [this](web::Request request) { return router_.answer(std::move(request)); },
            .is_socket =
                [this](const web::Request& request) {
                    return request.path == kLivePath && request.who.role >= web::Role::view &&
                           sockets_.has_room_for(request.client);
                },
            .serve_socket =
                [this](web::Stream stream, web::RawRequest raw, web::Request request) {
                    return sockets_.serve(std::move(stream), std::move(raw), std::move(request));
                }};
}

template <class M>
void ApiGateway::follow(Kind kind, bus::QoS qos) {
    context_.on<M>(
        kind,
        [this](const topics::Parsed& parsed, const M& message, const bus::Incoming& raw) {
            net::post(io_, [this, parsed, topic = std::string(context_.names().relative(raw.topic)),
                            payload = raw.payload, message] {
                live_.take(parsed, topic, payload);
                if constexpr (std::is_same_v<M, topics::CommandResult>) {
                    commands_.take(message);
                }
            });
        },
        qos);
}

void ApiGateway::follow_all() {
    follow<topics::GridReading>(Kind::grid);
    follow<topics::PvReading>(Kind::pv);
    follow<topics::BatteryReading>(Kind::battery);
    follow<topics::MeterReading>(Kind::meter);
    follow<topics::EvseInfo>(Kind::evse_info);
    follow<topics::EvseState>(Kind::evse_state);
    follow<topics::EvseApplied>(Kind::evse_applied);
    follow<topics::ControlSite>(Kind::control_site);
    follow<topics::ControlEvse>(Kind::control_evse);
    follow<topics::ControlOverrides>(Kind::control_overrides);
    follow<topics::EnergyTotals>(Kind::energy);
    follow<topics::ServiceStatus>(Kind::service_status);
    follow<topics::Session>(Kind::session_current);
    follow<topics::Session>(Kind::session_last);
    follow<topics::TariffNow>(Kind::tariff_now);
    follow<topics::TariffForecast>(Kind::tariff_forecast);
    follow<topics::VehicleState>(Kind::vehicle_state);
    follow<topics::Event>(Kind::event);
    follow<topics::CommandResult>(Kind::command_result, bus::QoS::at_least_once);
}

void ApiGateway::publish(const std::string& evse, const std::string& name, topics::Command command) {
    const auto& names = context_.names();
    context_.publish(evse.empty() ? names.site_command(name) : names.evse_command(evse, name),
                     std::move(command));
}

}  // namespace sunherd::api
