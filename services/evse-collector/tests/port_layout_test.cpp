#include "port_layout.hpp"

#include <catch2/catch.hpp>

#include <map>

using namespace sunherd;
using site::PortLayout;
using Listening = PortProbe::Listening;

namespace {

enum class Says { value, exception, nothing };

/// An EVSE as seen from outside: what each port says to the Load Guard's register, and who listens.
class FakeProbe : public PortProbe {
  public:
    std::map<std::uint16_t, Says> load_guard{{502, Says::exception}, {503, Says::exception}};
    Listening write_port = Listening::yes;
    int asked_write_port = 0;

    modbus::Result<void> ask_load_guard(std::uint16_t port) override {
        asked_write_port += port == 503 ? 1 : 0;
        switch (load_guard.at(port)) {
            case Says::value:
                return {};
            case Says::exception:
                return tl::unexpected(modbus::Error{modbus::ErrorKind::exception, 2, "exception 2"});
            case Says::nothing:
                break;
        }
        return tl::unexpected(modbus::Error{modbus::ErrorKind::silent, 0, "no answer"});
    }
    Listening listening(std::uint16_t port) override { return port == 503 ? write_port : Listening::yes; }
};

site::Evse evse(bool master) {
    site::Evse evse;
    evse.id = "garage";
    evse.master = master;
    return evse;
}

}  // namespace

TEST_CASE("a master that answers the Load Guard on its read port reads there and writes on the other") {
    FakeProbe probe;
    probe.load_guard[502] = Says::value;
    const auto found = find_layout(evse(true), probe);
    REQUIRE(found);
    CHECK(found->layout == PortLayout::read_write);
    CHECK(probe.asked_write_port == 0);  // it may take one client only, and that is the actuator
}

TEST_CASE(
    "a master that refuses the Load Guard on its read port and answers it on the other has a cluster port") {
    FakeProbe probe;
    probe.load_guard[503] = Says::value;
    const auto found = find_layout(evse(true), probe);
    REQUIRE(found);
    CHECK(found->layout == PortLayout::charger_cluster);
}

TEST_CASE("a master whose ports do not tell is asked again later") {
    FakeProbe probe;
    CHECK_FALSE(find_layout(evse(true), probe));
    probe.load_guard[502] = Says::nothing;
    probe.load_guard[503] = Says::value;
    CHECK_FALSE(find_layout(evse(true), probe));  // silence is no refusal
}

TEST_CASE("a follower without a second port takes writes on its first") {
    FakeProbe probe;
    probe.write_port = Listening::no;
    const auto found = find_layout(evse(false), probe);
    REQUIRE(found);
    CHECK(found->layout == PortLayout::charger_cluster);
}

TEST_CASE("a follower with a second port takes writes there") {
    FakeProbe probe;
    const auto found = find_layout(evse(false), probe);
    REQUIRE(found);
    CHECK(found->layout == PortLayout::read_write);
}

TEST_CASE("a follower whose second port serves the cluster's registers takes writes on its first") {
    FakeProbe probe;
    probe.load_guard[503] = Says::value;
    const auto found = find_layout(evse(false), probe);
    REQUIRE(found);
    CHECK(found->layout == PortLayout::charger_cluster);
}

TEST_CASE("a follower whose second port does not react is asked again later") {
    FakeProbe probe;
    probe.write_port = Listening::unknown;
    const auto found = find_layout(evse(false), probe);
    REQUIRE_FALSE(found);
    CHECK_THAT(found.error(), Catch::Contains("503"));
}
