#pragma once

#include "http/message.hpp"
#include "site/site.hpp"

#include <string>

namespace sunherd::api {

/// Who a bearer token says to be, at a moment (seconds of UTC). Absent: not signed with our key by our
/// algorithm, expired or not yet valid, without `exp`, for another audience or of another issuer, without a
/// role.
std::optional<web::Identity> check_token(const site::Jwt& settings, const std::string& token, long now_s);

}  // namespace sunherd::api
