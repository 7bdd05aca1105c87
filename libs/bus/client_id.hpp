#pragma once

#include <string>

namespace sunherd::bus {

/// A client id that stays the same and that only who knows the password can tell: `name` and a keyed hash. A
/// broker ends the connection of whoever has the id of a new one, so with an id that can be guessed any
/// account could drive out a service and take over its session. Without a password there is nothing to hide:
/// `name` itself.
std::string secret_client_id(const std::string& name, const std::string& password);

}  // namespace sunherd::bus
