#pragma once

#include "command_line.hpp"
#include "gate.hpp"
#include "history_desk.hpp"
#include "http/held.hpp"
#include "http/router.hpp"
#include "live.hpp"
#include "live_socket.hpp"
#include "response_cache.hpp"

namespace sunherd::api {

constexpr auto kLivePath = "/api/v1/ws/live";

/// What the routes work with. All of it is the HTTP thread's.
struct Parts {
    static constexpr std::size_t kMostReports = 2;  ///< that are set at once
    static constexpr std::size_t kMostExports = 4;  ///< that run at once: others want to read history, too
    static constexpr std::size_t kMostChecks = 4;   ///< of passwords, that wait
    boost::asio::io_context& io;
    const site::Site& site;
    const topics::Names& names;
    const service::Clock& clock;
    Live& live;
    HistoryDesk& desk;
    Logins& logins;
    const Gate& gate;
    CommandLine& commands;
    ResponseCache& cache;
    const LiveSockets& sockets;
    std::unique_ptr<web::Server>& server;  ///< set once it listens
    std::filesystem::path page;
    std::filesystem::path report_program;
    web::Count reports = std::make_shared<std::size_t>(0);
    web::Count exports = std::make_shared<std::size_t>(0);
    web::Count checks = std::make_shared<std::size_t>(0);
};

void add_live_routes(web::Router& router, Parts& parts);
void add_history_routes(web::Router& router, Parts& parts);
void add_word_routes(web::Router& router, Parts& parts);
void add_export_routes(web::Router& router, Parts& parts);
void add_command_routes(web::Router& router, Parts& parts);
void add_login_routes(web::Router& router, Parts& parts);
void add_service_routes(web::Router& router, Parts& parts);
void add_page(web::Router& router, Parts& parts);

}  // namespace sunherd::api
