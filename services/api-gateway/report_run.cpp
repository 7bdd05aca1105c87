#include "report_run.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstring>

namespace sunherd::api {
namespace {

namespace net = boost::asio;

constexpr std::chrono::seconds kLongest{30};
constexpr std::size_t kMostBytes = 32U << 20;
constexpr std::size_t kPiece = 64 * 1024;

/// Output and errors both go to the pipe: what is no PDF is an error's words.
tl::expected<std::pair<pid_t, int>, std::string> spawn(const std::filesystem::path& program,
                                                       const std::vector<std::string>& arguments) {
    std::array<int, 2> pipe{};
    if (::pipe2(pipe.data(), O_CLOEXEC) != 0) {
        return tl::unexpected(std::string("no pipe: ") + std::strerror(errno));
    }
    std::vector<std::string> words{program.string()};
    words.insert(words.end(), arguments.begin(), arguments.end());
    std::vector<char*> argv;
    for (auto& word : words) {
        argv.push_back(word.data());
    }
    argv.push_back(nullptr);
    posix_spawn_file_actions_t actions{};
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, pipe[1], STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, pipe[1], STDERR_FILENO);
    // Neither our sockets, which would stay open with it, nor the broker's password.
    posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
    std::string home = "HOME=/tmp";  // for fontconfig's cache
    std::array<char*, 2> environment{home.data(), nullptr};
    pid_t pid = 0;
    const int failed = posix_spawn(&pid, program.c_str(), &actions, nullptr, argv.data(), environment.data());
    posix_spawn_file_actions_destroy(&actions);
    ::close(pipe[1]);
    if (failed != 0) {
        ::close(pipe[0]);
        return tl::unexpected("can't run " + program.string() + ": " + std::strerror(failed));
    }
    return std::pair{pid, pipe[0]};
}

}  // namespace

net::awaitable<tl::expected<std::string, std::string>> run_report(net::io_context& io,
                                                                  const std::filesystem::path& program,
                                                                  const std::vector<std::string>& arguments) {
    const auto child = spawn(program, arguments);
    if (!child) {
        co_return tl::unexpected(child.error());
    }
    net::posix::stream_descriptor output(io, child->second);
    net::steady_timer limit(io, kLongest);
    limit.async_wait([pid = child->first](const boost::system::error_code& error) {
        if (!error) {
            ::kill(pid, SIGKILL);
        }
    });
    std::string text;
    boost::system::error_code error;
    std::string piece(kPiece, '\0');
    while (!error && text.size() < kMostBytes) {
        const auto got = co_await output.async_read_some(net::buffer(piece),
                                                         net::redirect_error(net::use_awaitable, error));
        text.append(piece, 0, got);
    }
    limit.cancel();
    int status = 0;
    ::kill(child->first, text.size() < kMostBytes ? 0 : SIGKILL);
    ::waitpid(child->first, &status, 0);  // its output is closed: it ends
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        co_return tl::unexpected(text.empty() || text.size() > 2000 ? "the statement could not be set"
                                                                    : text);
    }
    co_return text;
}

}  // namespace sunherd::api
