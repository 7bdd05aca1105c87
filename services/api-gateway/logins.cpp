#include "logins.hpp"

#include <crypt.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <array>
#include <cstring>
#include <memory>
#include <stdexcept>

namespace sunherd::api {
namespace {

constexpr std::size_t kTokenBytes = 32;
constexpr std::size_t kMostAddresses = 10'000;

std::string random_token() {
    std::array<unsigned char, kTokenBytes> bytes{};
    if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) {
        throw std::runtime_error("no random numbers");
    }
    std::string token;
    for (const unsigned byte : bytes) {
        token += "0123456789abcdef"[byte >> 4U];
        token += "0123456789abcdef"[byte & 0xFU];
    }
    return token;
}

}  // namespace

std::string Logins::begin(const web::Identity& who, Steady::time_point now) {
    std::erase_if(sessions_, [now](const auto& each) { return each.second.until <= now; });
    if (sessions_.size() >= kMost) {
        sessions_.erase(sessions_.begin());
    }
    auto token = random_token();
    sessions_[token] = {who, now + kLasts};
    return token;
}

std::optional<web::Identity> Logins::find(const std::string& token, Steady::time_point now) const {
    const auto found = sessions_.find(token);
    return found != sessions_.end() && now < found->second.until ? std::optional(found->second.who)
                                                                 : std::nullopt;
}

bool Logins::may_try(const std::string& address, Steady::time_point now) {
    if (tries_.size() >= kMostAddresses) {
        std::erase_if(tries_, [now](const auto& each) { return now - each.second.since > kWait; });
    }
    auto& tries = tries_[address];
    if (tries.count == 0 || now - tries.since > kWait) {
        tries = {0, now};
    }
    return tries_.size() <= kMostAddresses && ++tries.count <= kFailures;
}

bool is_password(const std::string& password, const std::string& hash) {
    const auto data = std::make_unique<crypt_data>();
    const char* made = crypt_r(password.c_str(), hash.c_str(), data.get());
    return made != nullptr && made[0] != '*' && std::strlen(made) == hash.size() &&
           CRYPTO_memcmp(made, hash.data(), hash.size()) == 0;
}

}  // namespace sunherd::api
