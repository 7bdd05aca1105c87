#include "service/service.hpp"

#ifdef __SANITIZE_THREAD__
#define BOOST_ASIO_DISABLE_FENCED_BLOCK  // ThreadSanitizer knows no fences; Asio's queue has a mutex anyway
#endif

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <unordered_map>
#include <utility>

namespace sunherd::service {

struct Loop::Impl {
    struct Timer {
        boost::asio::steady_timer timer;
        std::function<void()> work;
        std::chrono::milliseconds period{0};  // 0: once
    };

    void arm(std::uint64_t handle, Steady::time_point when) {
        auto& timer = timers.at(handle).timer;
        timer.expires_at(when);
        timer.async_wait([this, handle, when](const boost::system::error_code& cancelled) {
            if (!cancelled) {
                fire(handle, when);
            }
        });
    }

    void fire(std::uint64_t handle, Steady::time_point when) {
        const auto found = timers.find(handle);
        if (found == timers.end()) {
            return;  // cancelled when it was already due
        }
        if (found->second.period.count() == 0) {
            const auto work = std::move(found->second.work);
            timers.erase(found);
            work();
            return;
        }
        const auto work = found->second.work;  // a copy: it may cancel itself
        const auto late = std::max(Steady::now() - when, Steady::duration::zero());
        arm(handle, when + found->second.period * (late / found->second.period + 1));
        work();
    }

    std::uint64_t add(Steady::time_point when, std::chrono::milliseconds period, std::function<void()> work) {
        const auto handle = ++last_handle;
        timers.emplace(handle, Timer{boost::asio::steady_timer(io), std::move(work), period});
        arm(handle, when);
        return handle;
    }

    boost::asio::io_context io{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> running{io.get_executor()};
    std::unordered_map<std::uint64_t, Timer> timers;
    std::uint64_t last_handle = 0;
};

Loop::Loop() : impl_(std::make_unique<Impl>()) {}
Loop::~Loop() = default;

void Loop::post(std::function<void()> work) {
    boost::asio::post(impl_->io, std::move(work));
}

std::uint64_t Loop::at(Steady::time_point when, std::function<void()> work) {
    return impl_->add(when, {}, std::move(work));
}

std::uint64_t Loop::after(std::chrono::milliseconds delay, std::function<void()> work) {
    return at(Steady::now() + delay, std::move(work));
}

std::uint64_t Loop::every(std::chrono::milliseconds period, std::function<void()> work) {
    return impl_->add(Steady::now() + period, period, std::move(work));
}

void Loop::cancel(std::uint64_t timer) {
    impl_->timers.erase(timer);
}

void Loop::run() {
    impl_->io.run();
}

void Loop::stop() {
    impl_->io.stop();
}

}  // namespace sunherd::service
