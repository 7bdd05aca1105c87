#pragma once

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// HTTP as the gateway's handlers see it. Beast is below.
namespace sunherd::web {

/// What somebody may do.
enum class Role { none, view, control };

/// Who asks.
struct Identity {
    std::string name;  ///< empty: nobody logged in
    Role role = Role::none;
};

struct Request {
    std::string method;
    std::string path;                          ///< decoded, below the base path, begins with a slash
    std::map<std::string, std::string> query;  ///< decoded; of a name that comes twice the last
    std::map<std::string, std::string, std::less<>> headers;  ///< names in lower case
    std::string body;
    std::string client;   ///< address; behind a trusted proxy the one it names
    bool secure = false;  ///< by TLS, at a trusted proxy
    bool by_proxy = false;
    Identity who;
    std::vector<std::string> captured;  ///< what stood for the variables of the route

    std::string_view header(std::string_view name) const;
    std::optional<std::string> param(const std::string& name) const;
};

/// Parts of a body, one after the other; absent: the end.
using Chunks = std::function<boost::asio::awaitable<std::optional<std::string>>()>;

struct Response {
    int status = 200;
    std::string type = "application/json";
    std::string body{};
    std::vector<std::pair<std::string, std::string>> headers{};
    Chunks chunks{};                                   ///< in place of the body, as it comes
    std::shared_ptr<const std::string> shared_body{};  ///< in place of the body, not copied
    bool gzipped = false;                              ///< the body is so already
};

/// RFC 9457: `title` is the status's own name.
Response problem(int status, const std::string& detail);
std::string_view name_of_status(int status);
/// JSON text in quotes, with what is not UTF-8 replaced.
std::string json_text(std::string_view text);

using Handler = std::function<boost::asio::awaitable<Response>(const Request&)>;

}  // namespace sunherd::web
