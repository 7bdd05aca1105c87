#include "service/stopper.hpp"

#include <pthread.h>
#include <unistd.h>

#include <csignal>
#include <string_view>

namespace sunherd::service {
namespace {

sigset_t stop_signals() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    return signals;
}

}  // namespace

Stopper::Stopper(std::function<void(int)> on_signal) : on_signal_(std::move(on_signal)) {
    std::signal(SIGPIPE, SIG_IGN);  // a reader of the log, or a peer, that goes away
    const auto signals = stop_signals();
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    thread_ = std::thread([this] { wait(); });
}

Stopper::~Stopper() {
    {
        const std::lock_guard lock(mutex_);
        done_ = true;
        changed_.notify_all();
    }
    // NOLINTNEXTLINE(bugprone-bad-signal-to-kill-thread): it is blocked everywhere and only ends sigwait.
    pthread_kill(thread_.native_handle(), SIGTERM);
    thread_.join();
}

void Stopper::wait() {
    const auto signals = stop_signals();
    int signal = 0;
    sigwait(&signals, &signal);
    std::unique_lock lock(mutex_);
    if (done_) {
        return;
    }
    lock.unlock();
    on_signal_(signal);
    lock.lock();
    if (!changed_.wait_for(lock, kLimit, [this] { return done_; })) {
        // Straight to the descriptor: the logger may be what hangs.
        constexpr std::string_view text = "clean stop took longer than 1.9 s: ended at once\n";
        [[maybe_unused]] const auto written = write(STDERR_FILENO, text.data(), text.size());
        _exit(1);
    }
}

}  // namespace sunherd::service
