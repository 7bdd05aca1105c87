#include "support/process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <stdexcept>
#include <system_error>

namespace sunherd::testing {
namespace {

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> all;
    all.reserve(texts.size() + 1);
    for (auto& text : texts) {
        all.push_back(text.data());
    }
    all.push_back(nullptr);
    return all;
}

std::vector<std::string> with_ours(const std::map<std::string, std::string>& changes) {
    std::vector<std::string> all;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string text(*entry);
        if (!changes.contains(text.substr(0, text.find('=')))) {
            all.push_back(text);
        }
    }
    for (const auto& [name, value] : changes) {
        if (!value.empty()) {
            all.push_back(name);
            all.back().append("=").append(value);
        }
    }
    return all;
}

}  // namespace

Process::Process(const std::vector<std::string>& arguments,
                 const std::map<std::string, std::string>& environment) {
    auto argument_texts = arguments;
    auto environment_texts = with_ours(environment);
    const auto argv = pointers(argument_texts);
    const auto envp = pointers(environment_texts);
    std::array<int, 2> pipe_ends{};
    std::array<int, 2> failure_ends{};  // closed by a successful exec
    if (pipe2(pipe_ends.data(), O_CLOEXEC) != 0 || pipe2(failure_ends.data(), O_CLOEXEC) != 0) {
        throw std::runtime_error("pipe: " + std::generic_category().message(errno));
    }
    pid_ = fork();
    if (pid_ == 0) {  // only async-signal-safe calls from here
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        sigset_t none;
        sigemptyset(&none);
        pthread_sigmask(SIG_SETMASK, &none, nullptr);
        dup2(pipe_ends[1], STDOUT_FILENO);
        dup2(pipe_ends[1], STDERR_FILENO);
        execvpe(argv[0], argv.data(), envp.data());
        const int why = errno;
        [[maybe_unused]] const auto told = write(failure_ends[1], &why, sizeof(why));
        _exit(127);
    }
    close(pipe_ends[1]);
    close(failure_ends[1]);
    int why = 0;
    const bool failed = pid_ < 0 || read(failure_ends[0], &why, sizeof(why)) > 0;
    close(failure_ends[0]);
    if (failed) {
        close(pipe_ends[0]);
        if (pid_ > 0) {
            waitpid(pid_, nullptr, 0);
        }
        throw std::runtime_error("can't start " + arguments.at(0) + ": " +
                                 std::generic_category().message(why));
    }
    pid_descriptor_ = static_cast<int>(syscall(SYS_pidfd_open, pid_, 0));
    reader_ = std::thread([this, descriptor = pipe_ends[0]] { read_output(descriptor); });
}

Process::~Process() {
    if (running()) {
        signal(SIGKILL);
        wait_exit();
    }
    close(pid_descriptor_);
    reader_.join();
}

void Process::read_output(int descriptor) {
    std::array<char, 4096> buffer{};
    for (ssize_t got = 0; (got = read(descriptor, buffer.data(), buffer.size())) > 0;) {
        const std::lock_guard lock(mutex_);
        output_.append(buffer.data(), static_cast<std::size_t>(got));
        more_.notify_all();
    }
    close(descriptor);
    const std::lock_guard lock(mutex_);
    all_read_ = true;
    more_.notify_all();
}

bool Process::running() {
    return !wait_exit(std::chrono::milliseconds{0});
}

void Process::signal(int number) {
    if (!exit_) {
        kill(pid_, number);
    }
}

std::optional<int> Process::wait_exit(std::chrono::milliseconds deadline) {
    if (!exit_) {
        pollfd ended{.fd = pid_descriptor_, .events = POLLIN, .revents = 0};
        int status = 0;
        if (poll(&ended, 1, static_cast<int>(deadline.count())) == 1 && waitpid(pid_, &status, 0) == pid_) {
            exit_ = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
        }
    }
    return exit_;
}

std::string Process::output() const {
    std::unique_lock lock(mutex_);
    if (exit_) {  // its last words may still be in the pipe; children of its own may hold that open
        more_.wait_for(lock, kDeadline, [this] { return all_read_; });
    }
    return output_;
}

bool Process::await_output(const std::string& text, std::chrono::milliseconds deadline) const {
    std::unique_lock lock(mutex_);
    return more_.wait_for(lock, deadline, [&] { return output_.find(text) != std::string::npos; });
}

}  // namespace sunherd::testing
