#include "parts.hpp"
#include "routes/answers.hpp"
#include "topics/payload_guard.hpp"

#include <nlohmann/json.hpp>

namespace sunherd::api {
namespace {

namespace net = boost::asio;
using web::Request;
using web::Response;
using web::Role;

constexpr double kLongestS = 365 * 86'400;  ///< as the contract has it

struct Wanted {
    std::string evse;  ///< empty: the site
    std::string name;
};

/// A command's topic below the site, as on MQTT.
std::optional<Wanted> parse_command_path(const Parts& parts, const std::string& text) {
    const auto all = parts.names.all();
    const auto parsed = parts.names.parse(all.substr(0, all.size() - 1) + text);
    const bool command =
        parsed && (parsed->kind == topics::Kind::site_command || parsed->kind == topics::Kind::evse_command);
    return command ? std::optional(Wanted{parsed->id, parsed->name}) : std::nullopt;
}

std::string example(const Parts& parts) {
    return std::string(parts.names.relative(parts.names.evse_command("garage", "mode").name)) + " or " +
           std::string(parts.names.relative(parts.names.site_command("mode").name));
}

bool is_json(const Request& request) {
    return request.header("content-type").starts_with("application/json");
}

/// The message of a command, without what only we may say.
Param<topics::Command> parse_body(const Request& request, nlohmann::json body) {
    if (!body.is_object() || !body.contains("value")) {
        return tl::unexpected(web::problem(400, "send {\"value\": …}, with until or for_s if it is to end"));
    }
    body["source"] = request.who.name.empty() ? "api" : "api:" + request.who.name;
    auto command =
        topics::decode<topics::Command>(body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
    if (!command) {
        return tl::unexpected(web::problem(400, command.error().text));
    }
    if (command->for_s && !(*command->for_s > 0 && *command->for_s <= kLongestS)) {
        return tl::unexpected(
            web::problem(400, "for_s must be a number of seconds, more than 0 and at most a year"));
    }
    return *command;
}

net::awaitable<Response> carry_out(Parts& parts, Wanted wanted, topics::Command command) {
    if (parts.commands.is_full()) {
        co_return web::problem(503, "too many commands wait for an answer; try again in a moment");
    }
    auto result_asked = parts.commands.send(wanted.evse, wanted.name, std::move(command));
    const auto result = co_await std::move(result_asked);
    if (!result) {
        co_return web::problem(504, "the controller has not answered; is it running, and the broker?");
    }
    if (!result->accepted) {
        co_return web::problem(422, result->text);
    }
    co_return Response{.body = topics::encode(*result)};
}

net::awaitable<Response> post(const Request& request, Parts& parts, std::optional<Wanted> wanted) {
    if (!is_json(request)) {
        co_return web::problem(415, "send application/json");
    }
    auto body = topics::parse_guarded(request.body);
    if (!body) {
        co_return web::problem(400, body.error().text);
    }
    if (!wanted) {
        const bool named = body->is_object() && body->contains("command") && (*body)["command"].is_string();
        wanted = named ? parse_command_path(parts, (*body)["command"].get<std::string>()) : std::nullopt;
        if (!wanted) {
            co_return web::problem(400, "command must be like " + example(parts));
        }
        body->erase("command");
    }
    auto command = parse_body(request, std::move(*body));
    if (!command) {
        co_return command.error();
    }
    auto answer = carry_out(parts, *wanted, std::move(*command));
    co_return co_await std::move(answer);
}

}  // namespace

void add_command_routes(web::Router& router, Parts& parts) {
    router.add("POST", "/api/v1/commands", Role::control,
               [&parts](const Request& request) { return post(request, parts, std::nullopt); });
    router.add("POST", "/api/v1/chargers/{}/{}", Role::control,
               [&parts](const Request& request) -> net::awaitable<Response> {
                   const Wanted wanted{request.captured.at(0), request.captured.at(1)};
                   if (!topics::is_id(wanted.evse) || !topics::is_id(wanted.name)) {
                       co_return web::problem(404, "there is no such command");
                   }
                   auto answer = post(request, parts, wanted);
                   co_return co_await std::move(answer);
               });
    router.add("POST", "/api/v1/site/{}", Role::control,
               [&parts](const Request& request) -> net::awaitable<Response> {
                   const Wanted wanted{{}, request.captured.at(0)};
                   if (!topics::is_id(wanted.name)) {
                       co_return web::problem(404, "there is no such command");
                   }
                   auto answer = post(request, parts, wanted);
                   co_return co_await std::move(answer);
               });
}

}  // namespace sunherd::api
