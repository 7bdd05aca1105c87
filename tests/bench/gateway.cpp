#include "figures.hpp"
#include "support/running_house.hpp"
#include "support/web_client.hpp"

#include <array>
#include <cstdio>
#include <filesystem>
#include <list>
#include <thread>

/// The gateway beside a running house: answers a second, and how long a message takes to a hundred pages.
namespace sunherd::bench {
namespace {

namespace net = boost::asio;
namespace beast = boost::beast;
using Clock = std::chrono::steady_clock;
using testing::RunningHouse;
using testing::WebClient;

constexpr int kClients = 100;
constexpr int kMessages = 400;
constexpr std::chrono::milliseconds kPause{25};
constexpr auto kMeter = "bench";

void answers_a_second(RunningHouse& house) {
    if (!std::filesystem::exists("/usr/bin/wrk")) {
        std::printf("requests a second: left out, there is no wrk (apt-get install wrk)\n");
        return;
    }
    const auto pid = house.process("api-gateway").pid();
    const double before_s = cpu_s(pid);
    testing::Process wrk({"/usr/bin/wrk", "-t1", "-c16", "-d10s", "--latency",
                          house.page_url() + "api/v1/chargers/garage/status"});
    wrk.wait_exit(std::chrono::seconds(30));
    const double used_s = cpu_s(pid) - before_s;
    const auto text = wrk.output();
    const auto number_after = [&text](const char* word) {
        const auto at = text.find(word);
        return at == std::string::npos ? 0.0 : std::atof(text.c_str() + at + std::strlen(word));
    };
    const auto failed =
        text.find("Non-2xx") != std::string::npos || text.find("Socket errors") != std::string::npos;
    const auto total = text.find(" requests in");
    const double requests =
        total == std::string::npos ? 0 : std::atof(text.c_str() + text.rfind('\n', total));
    std::printf("%-44s %8.0f/s, %8.0f a second of its CPU%s\n", "chargers/{id}/status, wrk -t1 -c16",
                number_after("Requests/sec:"), requests / used_s, failed ? ", SOME FAILED" : "");
}

/// A page that notes when which message came. All of them are of one thread.
struct Page {
    Page(net::io_context& io, std::uint16_t port) : socket(io) {
        beast::get_lowest_layer(socket).connect({net::ip::make_address("127.0.0.1"), port});
        socket.handshake("localhost", std::string("/api/v1/ws/live?topics=building/meter/") + kMeter);
    }
    void read(const std::function<void(std::uint64_t, Clock::time_point)>& seen) {
        socket.async_read(buffer, [this, seen](const auto& error, std::size_t) {
            if (error) {
                return;
            }
            const auto now = Clock::now();
            const auto frame = nlohmann::json::parse(beast::buffers_to_string(buffer.data()));
            buffer.consume(buffer.size());
            for (const auto& change : frame.value("changes", nlohmann::json::array())) {
                seen(change["message"]["seq"].template get<std::uint64_t>(), now);
            }
            read(seen);
        });
    }
    beast::websocket::stream<beast::tcp_stream> socket;
    beast::flat_buffer buffer;
};

void message_to_pages(RunningHouse& house, std::uint16_t port) {
    net::io_context io;
    std::list<Page> pages;
    std::array<Clock::time_point, kMessages> sent{};
    std::vector<double> samples_ms;
    for (int i = 0; i < kClients; ++i) {
        pages.emplace_back(io, port).read([&](std::uint64_t seq, Clock::time_point now) {
            samples_ms.push_back(std::chrono::duration<double, std::milli>(now - sent.at(seq)).count());
        });
    }
    auto work = net::make_work_guard(io);
    std::thread reading([&io] { io.run(); });
    topics::MeterReading reading_w;
    for (std::uint64_t seq = 0; seq < kMessages; ++seq) {
        reading_w.seq = seq;
        reading_w.power_w = static_cast<double>(seq);
        reading_w.time =
            std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
        sent.at(seq) = Clock::now();
        house.recorder().publish(house.names().meter(kMeter), reading_w);
        std::this_thread::sleep_for(kPause);
    }
    std::this_thread::sleep_for(std::chrono::seconds(1));
    io.stop();
    reading.join();
    print_distribution("message on MQTT -> 100 WebSocket clients", samples_ms);
    std::printf("  %zu of %d messages came to each client as they were\n", samples_ms.size() / kClients,
                kMessages);
}

}  // namespace

void gateway() {
    testing::HouseFile file;
    file.more += "tariff: {energy_per_kwh: 0.3}\n";
    RunningHouse house(file);
    house.recorder().await<topics::ControlSite>(
        house.names().control_site(), [](const auto& site) { return site.ems_state == topics::EmsState::ok; },
        std::chrono::seconds(60));
    house.recorder().await<topics::ServiceStatus>(
        house.names().service_status("api-gateway"),
        [](const auto& status) { return status.status == topics::Presence::online; });
    answers_a_second(house);
    message_to_pages(house, house.http_port());
    std::printf("%-44s RSS %5.1f MiB, of the ledger %5.1f MiB\n", "gateway after that",
                static_cast<double>(peak_rss_kib(house.process("api-gateway").pid())) / 1024,
                static_cast<double>(peak_rss_kib(house.process("ledger").pid())) / 1024);
}

}  // namespace sunherd::bench
