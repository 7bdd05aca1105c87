#pragma once

#include "http/message.hpp"

#include <string>
#include <vector>

namespace sunherd::web {

/// Who may have what, by method and path.
class Router {
  public:
    /// pattern: `/api/v1/chargers/{}/status`; each `{}` stands for one part, which is captured.
    void add(const std::string& method, const std::string& pattern, Role least, Handler handler);
    /// For all paths that no route has, with GET.
    void otherwise(Handler handler) { otherwise_ = std::move(handler); }

    /// Finds the route, looks at the role, and asks the handler; an exception of its own becomes a 500.
    boost::asio::awaitable<Response> answer(Request request) const;

  private:
    struct Route {
        std::string method;
        std::vector<std::string> parts;
        Role least;
        Handler handler;
    };
    std::vector<Route> routes_;  ///< those with the fewest variables first
    Handler otherwise_;
};

}  // namespace sunherd::web
