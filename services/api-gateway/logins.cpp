#include "logins.hpp"

#include <boost/asio/ip/address.hpp>
#include <crypt.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <stdexcept>

namespace sunherd::api {
namespace {

constexpr std::size_t kTokenBytes = 32;
constexpr std::size_t kNetworkBytes = 8;  ///< of an IPv6 address: whoever has one has all of its network

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

std::string network_of(const std::string& address) {
    boost::system::error_code error;
    const auto parsed = boost::asio::ip::make_address(address, error);
    if (error || !parsed.is_v6()) {
        return address;
    }
    const auto bytes = parsed.to_v6().to_bytes();
    return {bytes.begin(), bytes.begin() + kNetworkBytes};
}

}  // namespace

std::string Logins::begin(const web::Identity& who, Steady::time_point now) {
    std::erase_if(sessions_, [now](const auto& each) { return each.second.until <= now; });
    if (sessions_.size() >= kMost) {
        sessions_.erase(
            std::ranges::min_element(sessions_, {}, [](const auto& each) { return each.second.until; }));
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

/// Where too many are counted, who has been longest goes: nobody else has to wait for that.
Logins::Tries& Logins::tries_of(Counted& all, const std::string& key, Steady::time_point now) {
    if (all.size() >= kMostCounted && !all.contains(key)) {
        all.erase(std::ranges::min_element(all, {}, [](const auto& each) { return each.second.since; }));
    }
    auto& tries = all[key];
    if (tries.count == 0 || now - tries.since > kWait) {
        tries = {0, now};
    }
    return tries;
}

bool Logins::may_try(const std::string& address, const std::string& name, Steady::time_point now) {
    auto& here = tries_of(of_addresses_, network_of(address), now);
    auto& anywhere = tries_of(of_names_, name, now);
    if (here.count >= kFailures || anywhere.count >= kFailuresOfName) {
        return false;
    }
    ++here.count;
    ++anywhere.count;
    return true;
}

void Logins::succeeded(const std::string& address, const std::string& name) {
    for (const auto& [all, key] :
         {std::pair(&of_addresses_, network_of(address)), std::pair(&of_names_, name)}) {
        if (const auto found = all->find(key); found != all->end() && --found->second.count <= 0) {
            all->erase(found);
        }
    }
}

bool is_password(const std::string& password, const std::string& hash) {
    const auto data = std::make_unique<crypt_data>();
    const char* made = crypt_r(password.c_str(), hash.c_str(), data.get());
    return made != nullptr && made[0] != '*' && std::strlen(made) == hash.size() &&
           CRYPTO_memcmp(made, hash.data(), hash.size()) == 0;
}

}  // namespace sunherd::api
