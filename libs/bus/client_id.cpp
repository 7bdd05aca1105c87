#include "bus/client_id.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <stdexcept>

namespace sunherd::bus {
namespace {

constexpr std::size_t kBytesShown = 10;

}  // namespace

std::string secret_client_id(const std::string& name, const std::string& password) {
    if (password.empty()) {
        return name;
    }
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    // NOLINTNEXTLINE: OpenSSL's bytes are unsigned
    const auto* text = reinterpret_cast<const unsigned char*>(name.data());
    if (HMAC(EVP_sha256(), password.data(), static_cast<int>(password.size()), text, name.size(),
             digest.data(), &size) == nullptr ||
        size < kBytesShown) {
        throw std::runtime_error("OpenSSL can't make a keyed hash");
    }
    constexpr auto kDigits = "0123456789abcdef";
    std::string id = name + '-';
    for (std::size_t i = 0; i < kBytesShown; ++i) {
        id += kDigits[digest.at(i) >> 4U];
        id += kDigits[digest.at(i) & 15U];
    }
    return id;
}

}  // namespace sunherd::bus
