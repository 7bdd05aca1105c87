#include "watch.hpp"

#include "observer.hpp"
#include "service/service.hpp"
#include "status_view.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <array>
#include <ctime>
#include <iostream>

namespace sunherd::ctl {
namespace {

constexpr std::chrono::milliseconds kRedraw{500};
constexpr std::chrono::milliseconds kReprint{10000};

std::string local_time(topics::Timestamp at) {
    const std::time_t seconds = std::chrono::system_clock::to_time_t(at);
    std::tm local{};
    localtime_r(&seconds, &local);
    std::array<char, 16> text{};
    std::strftime(text.data(), text.size(), "%H:%M:%S", &local);
    return text.data();
}

std::size_t terminal_width() {
    winsize size{};
    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 20 ? size.ws_col - 1U : 120U;
}

class Screen {
  public:
    explicit Screen(bool terminal) : terminal_(terminal) {}

    void show(const std::vector<std::string>& lines) {
        if (terminal_ && drawn_ > 0) {
            std::cout << "\x1b[" << drawn_ << "A";
        }
        for (const auto& line : lines) {
            std::cout << (terminal_ ? "\x1b[2K" : "") << line << '\n';
        }
        if (terminal_) {
            std::cout << "\x1b[J";  // what an earlier, longer picture left below
        }
        std::cout << std::flush;
        drawn_ = lines.size();
    }

  private:
    bool terminal_;
    std::size_t drawn_ = 0;
};

}  // namespace

int watch(const site::Site& site) {
    const topics::Names names(site.broker.prefix, site.id);
    service::Loop loop;
    StatusView view;
    bus::Bus bus(
        observer_options(site, "watch"),
        [&](bus::Incoming message) {
            loop.post([&view, &names, message = std::move(message)] {
                if (const auto topic = names.parse(message.topic)) {
                    take(view, *topic, message.payload);
                }
            });
            return true;
        },
        [](const bus::ConnectionChange&) {}, [](const std::string&, const std::string&) {});
    bus.subscribe(names.all(), bus::QoS::at_most_once);

    const bool terminal = isatty(STDOUT_FILENO) != 0;
    Screen screen(terminal);
    loop.every(terminal ? kRedraw : kReprint, [&] {
        screen.show(status_lines(view,
                                 std::chrono::floor<std::chrono::milliseconds>(service::system_clock().utc()),
                                 local_time, terminal ? terminal_width() : 400));
    });
    bus.start();
    loop.run();
    return 0;
}

}  // namespace sunherd::ctl
