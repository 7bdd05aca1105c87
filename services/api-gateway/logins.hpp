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
    /// Failures of one address before it has to wait, and how long; and of one name from anywhere.
    static constexpr int kFailures = 5;
    static constexpr int kFailuresOfName = 30;
    static constexpr std::chrono::seconds kWait{30};
    static constexpr std::size_t kMostCounted = 10'000;  ///< addresses, and names

    /// A new session's token: 256 random bits.
    std::string begin(const web::Identity& who, Steady::time_point now);
    /// nullopt: none, or over.
    std::optional<web::Identity> find(const std::string& token, Steady::time_point now) const;
    void end(const std::string& token) { sessions_.erase(token); }

    /// Whether this name may be tried from this address now; each try counts that does not succeed.
    bool may_try(const std::string& address, const std::string& name, Steady::time_point now);
    void succeeded(const std::string& address, const std::string& name);

  private:
    struct Session {
        web::Identity who;
        Steady::time_point until;
    };
    struct Tries {
        int count = 0;
        Steady::time_point since;
    };
    using Counted = std::map<std::string, Tries>;
    static Tries& tries_of(Counted& all, const std::string& key, Steady::time_point now);
    std::map<std::string, Session> sessions_;
    Counted of_addresses_;  ///< by network
    Counted of_names_;
};

/// Whether the password is that of the hash, by crypt(3). Takes some hundredths of a second.
bool is_password(const std::string& password, const std::string& hash);

}  // namespace sunherd::api
