#pragma once

#include "http/message.hpp"
#include "site/site.hpp"

#include <chrono>
#include <map>
#include <string>

namespace sunherd::api {

using Steady = std::chrono::steady_clock;

/// Who has logged in, and who tries to. One thread's; passwords are compared elsewhere, as that takes its
/// time on purpose.
class Logins {
  public:
    static constexpr std::chrono::hours kLasts{12};
    static constexpr std::size_t kMost = 1000;
    /// Failures of one address before it has to wait, and how long.
    static constexpr int kFailures = 5;
    static constexpr std::chrono::seconds kWait{30};

    /// A new session's token: 256 random bits.
    std::string begin(const web::Identity& who, Steady::time_point now);
    /// nullopt: none, or over.
    std::optional<web::Identity> find(const std::string& token, Steady::time_point now) const;
    void end(const std::string& token) { sessions_.erase(token); }

    /// Whether this address may try now; each try counts until one succeeds.
    bool may_try(const std::string& address, Steady::time_point now);
    void succeeded(const std::string& address) { tries_.erase(address); }

  private:
    struct Session {
        web::Identity who;
        Steady::time_point until;
    };
    struct Tries {
        int count = 0;
        Steady::time_point since;
    };
    std::map<std::string, Session> sessions_;
    std::map<std::string, Tries> tries_;
};

/// Whether the password is that of the hash, by crypt(3). Takes some hundredths of a second.
bool is_password(const std::string& password, const std::string& hash);

}  // namespace sunherd::api
