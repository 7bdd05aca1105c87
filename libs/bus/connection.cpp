#include "bus/connection.hpp"

#include "bus/sockets.hpp"

#include <mqtt/async_client.h>

#include <algorithm>
#include <cstdint>

namespace sunherd::bus {
namespace {

/// MQTT 5 user property of messages that are sent again after a connect.
constexpr auto kRepeated = "repeated";
/// … and by which people's tools may tell who they are.
constexpr auto kSource = "source";

// Never reached: the bus hands over less (`kMostUnderWay`).
constexpr int kMaxUnsent = 2000;

std::string uri(const Options& options) {
    const bool ipv6 = options.host.find(':') != std::string::npos;
    const std::string host = ipv6 ? '[' + options.host + ']' : options.host;
    return (options.tls ? "ssl://" : "tcp://") + host + ':' + std::to_string(options.port);
}

std::string place(const Options& options) {
    return "broker " + options.host + ':' + std::to_string(options.port);
}

/// The broker's MQTT 5 reason code for a refusal; 0 where it was something else. Of a refused connect Paho
/// gives it as its own return code.
int refusal_of(const mqtt::token& token) {
    const int code = std::max<int>(token.get_reason_code(), token.get_return_code());
    return code >= mqtt::ReasonCode::UNSPECIFIED_ERROR ? code : 0;
}

std::string in_words(int reason) {
    const char* words = MQTTReasonCode_toString(static_cast<MQTTReasonCodes>(reason));
    return std::string(words != nullptr ? words : "unknown reason") + " (reason code " +
           std::to_string(reason) + ')';
}

std::optional<std::string> user_property(const mqtt::properties& properties, std::string_view name) {
    const auto count = properties.count(mqtt::property::USER_PROPERTY);
    for (std::size_t i = 0; i < count; ++i) {
        const auto [key, value] = mqtt::get<mqtt::string_pair>(properties, mqtt::property::USER_PROPERTY, i);
        if (key == name) {
            return value;
        }
    }
    return std::nullopt;
}

std::string why_not_connected(const Options& options, const mqtt::token& token) {
    const int reason = refusal_of(token);
    if (reason == mqtt::ReasonCode::BAD_USER_NAME_OR_PASSWORD || reason == mqtt::ReasonCode::NOT_AUTHORIZED) {
        const auto user =
            options.user ? "user `" + *options.user + '`' : std::string("a client without user");
        return place(options) + " refuses " + user + ": " + in_words(reason) +
               "; check the account and its password (site file: broker.user, broker.password; or MQTT_USER, "
               "MQTT_PASSWORD)";
    }
    if (reason != 0) {
        return place(options) + " refuses the connection: " + in_words(reason);
    }
    return place(options) +
           " can't be reached; is it running, is the address right (site file: broker.host, broker.port; or "
           "MQTT_HOST, MQTT_PORT)" +
           (options.tls
                ? ", does it speak TLS with a certificate that broker.ca_file (or MQTT_CA_FILE) vouches for?"
                : "?");
}

mqtt::connect_options connect_options(const Options& options, const mqtt::ssl_options& tls) {
    mqtt::connect_options connect;
    connect.set_mqtt_version(MQTTVERSION_5);
    connect.set_clean_start(options.clean_session);
    connect.set_keep_alive_interval(options.keep_alive);
    connect.set_connect_timeout(kConnectTimeout);
    if (!options.clean_session) {
        // 0xFFFFFFFF: the session never expires by itself.
        connect.set_properties({{mqtt::property::SESSION_EXPIRY_INTERVAL, std::int32_t{-1}}});
    }
    if (options.user) {
        connect.set_user_name(*options.user);
    }
    if (options.password) {
        connect.set_password(*options.password);
    }
    if (!options.will_topic.empty()) {
        connect.set_will_message(mqtt::message::create(options.will_topic, options.will_payload, 1, true));
    }
    if (options.tls) {
        connect.set_ssl(tls);
    }
    return connect;
}

}  // namespace

struct Connection::Impl : mqtt::iaction_listener {
    Impl(const Options& given, Callbacks calls)
        : options(given), callbacks(std::move(calls)), client(uri(given), given.client_id, create_options()) {
        client.set_message_callback([this](const mqtt::const_message_ptr& message) { on_message(*message); });
        client.set_connection_lost_handler([this](const std::string& /*cause*/) {
            callbacks.down(goodbye.empty() ? "connection to " + place(options) + " lost" : goodbye);
        });
        client.set_disconnected_handler([this](const mqtt::properties&, mqtt::ReasonCode reason) {
            goodbye = place(options) + " ended the connection: " + in_words(reason);
        });
    }

    static mqtt::create_options create_options() {
        mqtt::create_options create(MQTTVERSION_5);
        create.set_max_buffered_messages(kMaxUnsent);
        return create;
    }

    void on_message(const mqtt::message& message) {
        const auto& properties = message.get_properties();
        const bool repeated = user_property(properties, kRepeated).has_value();
        const bool taken = callbacks.message({.topic = message.get_topic(),
                                              .payload = message.to_string(),
                                              .retained = message.is_retained() || repeated,
                                              .received = std::chrono::steady_clock::now(),
                                              .source = user_property(properties, kSource).value_or("")});
        if (!taken) {
            // Paho acknowledges when we return, whatever we return, and may not be called from here.
            cut(options.port);
        }
    }

    void on_success(const mqtt::token& token) override {
        if (token.get_type() == mqtt::token::CONNECT) {
            callbacks.up(token.get_connect_response().is_session_present());
        } else if (token.get_type() == mqtt::token::PUBLISH) {
            callbacks.delivered(topic_of(token), number_of(token));
        }
    }

    void on_failure(const mqtt::token& token) override {
        const int reason = refusal_of(token);
        if (token.get_type() == mqtt::token::CONNECT) {
            callbacks.down(why_not_connected(options, token));
        } else if (reason != 0) {
            callbacks.refused(topic_of(token), number_of(token), in_words(reason));
        } else if (token.get_type() == mqtt::token::PUBLISH) {
            callbacks.undelivered(topic_of(token), number_of(token));
        }
    }

    static std::string topic_of(const mqtt::token& token) {
        const auto topics = token.get_topics();
        return topics && !topics->empty() ? (*topics)[0] : std::string();
    }

    static std::uint64_t number_of(const mqtt::token& token) {
        // NOLINTNEXTLINE: Paho's user context is a pointer; we hand it a number.
        return reinterpret_cast<std::uintptr_t>(token.get_user_context());
    }

    Options options;
    Callbacks callbacks;
    std::string goodbye;        // from the broker's DISCONNECT; Paho's thread only
    std::string tls_error;      // the last one; Paho's threads, before `down`
    mqtt::async_client client;  // last: destroyed first, while its callbacks still find the rest
};

Connection::Connection(const Options& options, Callbacks callbacks)
    : impl_(std::make_unique<Impl>(options, std::move(callbacks))) {}

Connection::~Connection() = default;

void Connection::connect() {
    mqtt::ssl_options tls;
    const auto& options = impl_->options;
    if (options.tls) {
        if (options.ca_file) {
            tls.set_trust_store(*options.ca_file);
        }
        tls.set_verify(true);
    }
    impl_->client.connect(connect_options(options, tls), nullptr, *impl_);
}

void Connection::subscribe(const std::string& filter, QoS qos, Retained retained) {
    try {
        const mqtt::subscribe_options options(false, retained == Retained::tells_of_all);
        impl_->client.subscribe(filter, static_cast<int>(qos), nullptr, *impl_, options);
    } catch (const mqtt::exception&) {
        // Only where the connection is just going down; every connect subscribes again.
    }
}

bool Connection::publish(const Outgoing& outgoing) {
    mqtt::properties properties;
    if (outgoing.repeated) {
        properties.add({mqtt::property::USER_PROPERTY, kRepeated, "true"});
    }
    const auto message = mqtt::message::create(outgoing.topic, outgoing.payload,
                                               static_cast<int>(outgoing.qos), outgoing.retained, properties);
    // NOLINTNEXTLINE: see number_of
    auto* context = reinterpret_cast<void*>(static_cast<std::uintptr_t>(outgoing.number));
    try {
        impl_->client.publish(message, context, *impl_);
        return true;
    } catch (const mqtt::exception&) {
        return false;
    }
}

}  // namespace sunherd::bus
