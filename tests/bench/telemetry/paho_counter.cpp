// A subscriber that only counts, on Paho's C library: what every subscriber built on it costs at least.

#include <MQTTAsync.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <string>

namespace {

MQTTAsync client = nullptr;
std::atomic<long> count = 0;

int arrived(void* /*context*/, char* topic, int /*length*/, MQTTAsync_message* message) {
    ++count;
    MQTTAsync_freeMessage(&message);
    MQTTAsync_free(topic);
    return 1;
}

void subscribed(void* /*context*/, MQTTAsync_successData* /*data*/) {
    std::puts("subscribed");
    std::fflush(stdout);
}

void connected(void* /*context*/, MQTTAsync_successData* /*data*/) {
    MQTTAsync_responseOptions options = MQTTAsync_responseOptions_initializer;
    options.onSuccess = subscribed;
    MQTTAsync_subscribe(client, "sunherd/+/building/meter/+", 1, &options);
}

}  // namespace

int main(int argc, char** argv) {
    const std::string uri = std::string("tcp://127.0.0.1:") + (argc > 1 ? argv[1] : "1883");
    MQTTAsync_create(&client, uri.c_str(), "counter", MQTTCLIENT_PERSISTENCE_NONE, nullptr);
    MQTTAsync_setCallbacks(client, nullptr, nullptr, arrived, nullptr);
    MQTTAsync_connectOptions options = MQTTAsync_connectOptions_initializer;
    options.cleansession = 0;
    options.onSuccess = connected;
    MQTTAsync_connect(client, &options);
    for (;;) {
        pause();
    }
}
