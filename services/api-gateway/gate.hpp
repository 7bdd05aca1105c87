#pragma once

#include "http/message.hpp"
#include "http/raw.hpp"
#include "logins.hpp"
#include "service/service.hpp"

#include <variant>

namespace sunherd::api {

/// Who comes in: by which name we are called, from which page, behind which proxy, and who it is.
class Gate {
  public:
    static constexpr auto kCookie = "sunherd";

    Gate(const site::Http& settings, const service::Clock& clock, Logins& logins)
        : settings_(settings), clock_(clock), logins_(logins) {}

    std::variant<web::Request, web::Response> admit(const web::RawRequest& raw,
                                                    const std::string& address) const;

    /// What somebody may who has not logged in. Without a word of the site file only those of this machine
    /// may something: who comes by a proxy is from anywhere.
    web::Role anonymous(const web::Request& request) const;

    /// Who asks, as it is now; absent: a token that is not valid (any more).
    std::optional<web::Identity> identify(const web::Request& request) const;

  private:
    bool is_our_name(std::string_view host) const;
    bool trusts(const std::string& address) const;
    std::optional<web::Response> refuse_foreign(const web::Request& request, const std::string& host) const;

    const site::Http& settings_;
    const service::Clock& clock_;
    Logins& logins_;
};

/// The value of a cookie in a `Cookie` header.
std::string cookie(std::string_view header, std::string_view name);

}  // namespace sunherd::api
