#include "bus/client_id.hpp"

#include <catch2/catch.hpp>

using sunherd::bus::secret_client_id;

TEST_CASE("a client id stays, and differs by name and password") {
    const auto id = secret_client_id("sunherd-home-controller", "secret");
    // echo -n sunherd-home-controller | openssl dgst -sha256 -hmac secret
    CHECK(id == "sunherd-home-controller-6105db1c6f9ec6c26fba");
    CHECK(secret_client_id("sunherd-home-controller", "secret") == id);
    CHECK(secret_client_id("sunherd-home-controller", "other") != id);
    CHECK(secret_client_id("sunherd-home-actuator", "secret") != id);
    CHECK(secret_client_id("sunherd-home-controller", "") == "sunherd-home-controller");
}
