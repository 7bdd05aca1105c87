#include "product_broker.hpp"
#include "topics/home_assistant.hpp"

#include <catch2/catch.hpp>
#include <yaml-cpp/yaml.h>

#include <algorithm>

/// Logs in as everybody and tries everything on the topic list, with the ACL file and with dynamic security.
using namespace sunherd::testing;

namespace {

struct Topic {
    std::string name;
    std::set<std::string> senders;
    std::set<std::string> receivers;
};

const std::set<std::string> kServices{"building-collector", "evse-collector", "controller", "actuator",
                                      "influx-bridge",      "ha-discovery",   "ledger",     "api-gateway",
                                      "site-simulator"};
const std::set<std::string> kPeople{"operator", "home-assistant"};
constexpr auto kViewer = "viewer";

std::set<std::string> words(const YAML::Node& node) {
    std::set<std::string> all;
    for (const auto& word : node) {
        all.insert(word.as<std::string>());
    }
    return all;
}

std::string filled(std::string address, const std::string& id) {
    for (const auto& [variable, value] :
         {std::pair<std::string, std::string>{"{site}", "home"}, {"{id}", id}, {"{name}", "x"}}) {
        if (const auto at = address.find(variable); at != std::string::npos) {
            address.replace(at, variable.size(), value);
        }
    }
    return address;
}

/// Of proto-topics/asyncapi.yaml; the status of each service by itself.
std::vector<Topic> topic_list() {
    std::vector<Topic> all;
    const auto document = YAML::LoadFile(SUNHERD_SOURCE_DIR "/proto-topics/asyncapi.yaml");
    for (const auto& entry : document["channels"]) {
        const auto address = entry.second["address"].as<std::string>();
        const auto senders = words(entry.second["x-senders"]);
        const auto receivers = words(entry.second["x-receivers"]);
        if (!senders.contains("every service")) {
            all.push_back({filled(address, "x"), senders, receivers});
        } else if (address.find("{id}") == std::string::npos) {
            all.push_back({filled(address, ""), kServices, receivers});
        } else {
            for (const auto& service : kServices) {
                all.push_back({filled(address, service), {service}, receivers});
            }
        }
    }
    return all;
}

bool may_send(const std::string& account, const Topic& topic) {
    const bool simulated = topic.name.ends_with("simulator/fault");
    return topic.senders.contains(account) ||
           (topic.senders.contains("people") && kPeople.contains(account) &&
            (!simulated || account == "operator"));
}

bool may_read(const std::string& account, const Topic& topic) {
    return topic.receivers.contains(account) || kPeople.contains(account) || account == kViewer;
}

std::set<std::string> everybody() {
    auto all = kServices;
    all.insert(kPeople.begin(), kPeople.end());
    all.insert(kViewer);
    return all;
}

void check_sending(const ProductBroker& broker, const std::vector<Topic>& topics) {
    for (const auto& name : everybody()) {
        Account account(broker.login(name));
        Account probe(broker.login("probe"));
        probe.subscribe("#");
        std::set<std::string> allowed;
        for (const auto& topic : topics) {
            INFO(name << " sends " << topic.name);
            CHECK(account.publish(topic.name, name) == may_send(name, topic));
            if (may_send(name, topic)) {
                allowed.insert(topic.name);
            }
        }
        for (const auto* strange :
             {"sunherd/home/anything", "other/topic", "homeassistant/status",
              "homeassistant/device/sunherd_home/garage/config", "$CONTROL/dynamic-security/v1"}) {
            INFO(name << " sends " << strange);
            const std::string topic(strange);
            const bool may = (topic == "homeassistant/status" && name == "home-assistant") ||
                             (topic.ends_with("/config") && name == "ha-discovery");
            CHECK(account.publish(topic, "{}") == may);
            if (may) {
                allowed.insert(topic);
            }
        }
        CHECK(probe.received() == allowed);
    }
}

void check_reading(const ProductBroker& broker, const std::vector<Topic>& topics) {
    for (const auto& name : everybody()) {
        Account account(broker.login(name));
        account.subscribe("#");
        account.subscribe("sunherd/home/#");
        account.subscribe("$SYS/#");
        Account probe(broker.login("probe"));
        std::set<std::string> wanted;
        for (const auto& topic : topics) {
            CHECK(probe.publish(topic.name, "probe"));
            if (may_read(name, topic)) {
                wanted.insert(topic.name);
            }
        }
        for (const auto* other : {"other/topic", "sunherd/home/anything"}) {
            CHECK(probe.publish(other, "probe"));
        }
        auto got = account.received();
        got.erase("sunherd/home/anything");  // of no meaning; those who may read all may read that
        INFO(name);
        CHECK(got == wanted);
    }
}

}  // namespace

TEST_CASE("each account may do what the topic list says, and nothing else") {
    const auto security = GENERATE(std::string("acl"), std::string("dynsec"));
    INFO(security);
    const ProductBroker broker(security);
    const auto topics = topic_list();
    REQUIRE(topics.size() > 25);
    check_sending(broker, topics);
    check_reading(broker, topics);
}

TEST_CASE("only the controller writes setpoints, and only the actuator reads them; commands are people's") {
    for (const auto& topic : topic_list()) {
        if (topic.name.ends_with("/setpoint")) {
            CHECK(topic.senders == std::set<std::string>{"controller"});
            CHECK(topic.receivers == std::set<std::string>{"actuator"});
        }
        if (topic.name.find("/set/") != std::string::npos) {
            CHECK(topic.senders == std::set<std::string>{"api-gateway", "people"});
        }
    }
}
