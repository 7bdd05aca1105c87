#pragma once

#include "parts.hpp"
#include "service/service.hpp"

#include <memory>
#include <thread>

namespace sunherd::api {

/// What the command line says beside the site file.
struct Options {
    std::string ledger{};  ///< the ledger's database; empty: where `./start` has it, beside our own state
    std::string page{};    ///< the built page; empty: beside the program
};

/// Page, REST and WebSocket. What the broker says comes in on the service's loop and is handed to the HTTP
/// thread, which owns all there is of clients; history is read on a third.
class ApiGateway : public service::Service {
  public:
    /// Throws service::WrongOptions where it can't listen.
    ApiGateway(service::Context& context, const Options& options);
    ~ApiGateway() override;
    ApiGateway(const ApiGateway&) = delete;
    ApiGateway& operator=(const ApiGateway&) = delete;

  private:
    template <class M>
    void follow(topics::Kind kind, bus::QoS qos = bus::QoS::at_most_once);
    void follow_all();
    void publish(const std::string& evse, const std::string& name, topics::Command command);
    web::Site web_site();
    void listen();

    service::Context& context_;
    boost::asio::io_context io_{1};
    Live live_;
    Logins logins_;
    Gate gate_;
    HistoryDesk desk_;
    CommandLine commands_;
    ResponseCache cache_;
    LiveSockets sockets_;
    std::unique_ptr<web::Server> server_;
    web::Router router_;
    std::unique_ptr<Parts> parts_;
    std::thread thread_;  // last: it uses the rest
};

}  // namespace sunherd::api
