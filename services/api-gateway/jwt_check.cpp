#include "jwt_check.hpp"

#include <jwt.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdlib>
#include <memory>

namespace sunherd::api {
namespace {

constexpr std::size_t kMostTokenBytes = 8192;
constexpr std::size_t kMostNameBytes = 64;

/// `aud` is a word or a list of them.
bool names_audience(const nlohmann::json& claims, const std::string& audience) {
    const auto found = claims.find("aud");
    if (found == claims.end()) {
        return false;
    }
    return found->is_array() ? std::find(found->begin(), found->end(), audience) != found->end()
                             : *found == audience;
}

bool in_time(const nlohmann::json& claims, long now_s) {
    const auto exp = claims.find("exp");
    const auto nbf = claims.find("nbf");
    return exp != claims.end() && exp->is_number() && exp->get<double>() > static_cast<double>(now_s) &&
           (nbf == claims.end() || (nbf->is_number() && nbf->get<double>() <= static_cast<double>(now_s)));
}

std::string text_of(const nlohmann::json& claims, const std::string& name) {
    const auto found = claims.find(name);
    return found != claims.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace

std::optional<web::Identity> check_token(const site::Jwt& settings, const std::string& token, long now_s) {
    jwt_t* decoded = nullptr;
    const auto* key = reinterpret_cast<const unsigned char*>(settings.key.data());
    if (settings.key.empty() || token.size() > kMostTokenBytes ||
        jwt_decode(&decoded, token.c_str(), key, static_cast<int>(settings.key.size())) != 0) {
        return std::nullopt;
    }
    const std::unique_ptr<jwt_t, decltype(&jwt_free)> owner(decoded, &jwt_free);
    // The header names the algorithm it was checked by: only ours counts, or a public key could pass for a
    // shared secret.
    const auto ours = settings.algorithm == site::Jwt::Algorithm::HS256 ? JWT_ALG_HS256 : JWT_ALG_RS256;
    if (jwt_get_alg(decoded) != ours) {
        return std::nullopt;
    }
    const std::unique_ptr<char, decltype(&std::free)> text(jwt_get_grants_json(decoded, nullptr), &std::free);
    const auto claims = nlohmann::json::parse(text ? text.get() : "", nullptr, false);
    if (!claims.is_object() || !in_time(claims, now_s) || !names_audience(claims, settings.audience) ||
        (settings.issuer && text_of(claims, "iss") != *settings.issuer)) {
        return std::nullopt;
    }
    const auto role = text_of(claims, settings.role_claim);
    const auto name = text_of(claims, "sub").substr(0, kMostNameBytes);
    if (role != "view" && role != "control") {
        return std::nullopt;
    }
    return web::Identity{.name = name.empty() ? "token" : name,
                         .role = role == "control" ? web::Role::control : web::Role::view};
}

}  // namespace sunherd::api
