#include "modbus/exchange.hpp"

#include "modbus/tcp_connect.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <stdexcept>
#include <system_error>

namespace sunherd::modbus {

namespace {

constexpr std::chrono::milliseconds kHangUp{300};

void set_whole_frame_timeout(modbus_t* context, std::chrono::milliseconds timeout) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(timeout);
    const auto rest = std::chrono::duration_cast<std::chrono::microseconds>(timeout - seconds);
    modbus_set_response_timeout(context, static_cast<std::uint32_t>(seconds.count()),
                                static_cast<std::uint32_t>(rest.count()));
    modbus_set_byte_timeout(context, 0, 0);
}

bool is_libmodbus_complaint(int failure) {
    return failure >= MODBUS_ENOBASE;
}

}  // namespace

void Exchange::FreeContext::operator()(modbus_t* context) const {
    modbus_free(context);
}

Exchange::Exchange(Endpoint endpoint, SteadyNow now)
    : endpoint_(std::move(endpoint)), now_(std::move(now)), random_(std::random_device{}()) {
    context_.reset(modbus_new_tcp_pi(nullptr, std::to_string(endpoint_.port).c_str()));
    if (!context_) {
        throw std::runtime_error("libmodbus gives no context: " + std::string(modbus_strerror(errno)));
    }
    modbus_set_error_recovery(context_.get(), MODBUS_ERROR_RECOVERY_NONE);
    set_whole_frame_timeout(context_.get(), endpoint_.timeout);
}

Exchange::~Exchange() {
    close();
}

Result<std::vector<std::uint16_t>> Exchange::request(const Request& request) {
    if (socket() != -1 && has_unread()) {
        close();  // ended by the device meanwhile, or an answer nobody asked for
    }
    if (auto connected = ensure_connected(request); !connected) {
        return tl::unexpected(std::move(connected.error()));
    }
    auto answer = exchange(request);
    if (endpoint_.single_client) {
        hang_up();
    }
    return answer;
}

Result<void> Exchange::ensure_connected(const Request& request) {
    if (interrupted()) {
        return tl::unexpected(error(request, ErrorKind::silent, "interrupted"));
    }
    if (socket() != -1) {
        return {};
    }
    if (last_connect_error_ && !back_off_.may_try(now_())) {
        return tl::unexpected(*last_connect_error_);
    }
    const auto connected = connect_tcp(endpoint_, [this](int opened) { return publish_socket(opened); });
    if (interrupted()) {
        if (connected) {
            modbus_set_socket(context_.get(), *connected);
            close();
        }
        return tl::unexpected(error(request, ErrorKind::silent, "interrupted"));
    }
    if (!connected) {
        back_off_.failed(now_(), std::generate_canonical<double, 16>(random_));
        last_connect_error_ = error(request, connected.error().kind, connected.error().text);
        return tl::unexpected(*last_connect_error_);
    }
    modbus_set_socket(context_.get(), *connected);
    proven_ = false;
    return {};
}

Result<std::vector<std::uint16_t>> Exchange::exchange(const Request& request) {
    ++transaction_;
    const auto unit = static_cast<std::uint8_t>(endpoint_.unit);
    if (auto failure = send(request, request.frame(transaction_, unit))) {
        return tl::unexpected(*std::move(failure));
    }
    std::array<std::uint8_t, MODBUS_TCP_MAX_ADU_LENGTH> bytes{};
    errno = 0;
    const int received = modbus_receive_confirmation(context_.get(), bytes.data());
    if (received <= 0) {
        return tl::unexpected(fail_by_errno(request, errno));
    }
    auto registers =
        parse_reply(request, transaction_, unit, std::span(bytes).first(static_cast<std::size_t>(received)));
    if (!registers && registers.error().kind == ErrorKind::garbage) {
        close();
    } else {
        proven_ = true;
        back_off_.succeeded();
        last_connect_error_.reset();
    }
    if (!registers) {
        const auto& fault = registers.error();
        return tl::unexpected(error(request, fault.kind, fault.text, fault.exception));
    }
    return *std::move(registers);
}

std::optional<Error> Exchange::send(const Request& request, std::span<const std::uint8_t> frame) {
    // A frame of at most 260 bytes into an empty buffer goes at once and whole, or the connection is of no
    // use.
    ssize_t sent = 0;
    do {
        sent = ::send(socket(), frame.data(), frame.size(), MSG_NOSIGNAL);
    } while (sent < 0 && errno == EINTR);
    if (sent == static_cast<ssize_t>(frame.size())) {
        return std::nullopt;
    }
    return fail_by_errno(request, sent < 0 ? errno : ECONNRESET);
}

/// Ends the connection, and says why in our words.
Error Exchange::fail_by_errno(const Request& request, int failure) {
    const bool answered_before = proven_;
    close();
    if (interrupted()) {
        return error(request, ErrorKind::silent, "interrupted");
    }
    if (failure == ETIMEDOUT || failure == EAGAIN) {
        return error(request, ErrorKind::silent,
                     "no whole answer within " + std::to_string(endpoint_.timeout.count()) + " ms");
    }
    if (is_libmodbus_complaint(failure)) {
        return error(request, ErrorKind::garbage,
                     std::string("answer can't be one: ") + modbus_strerror(failure));
    }
    const std::string why = std::generic_category().message(failure == 0 ? ECONNRESET : failure);
    if (answered_before) {
        return error(request, ErrorKind::reset, "connection lost: " + why);
    }
    back_off_.failed(now_(), std::generate_canonical<double, 16>(random_));
    last_connect_error_ = error(
        request, ErrorKind::refused,
        "connection closed before the first answer (" + why + "); does the device take one client only?");
    return *last_connect_error_;
}

Error Exchange::error(const Request& request, ErrorKind kind, const std::string& text, int exception) const {
    return {kind, exception,
            endpoint_.host + ":" + std::to_string(endpoint_.port) + " unit " +
                std::to_string(endpoint_.unit) + ": " + request.text() + ": " + text};
}

void Exchange::close() {
    publish_socket(-1);
    modbus_close(context_.get());
}

/// Ends the connection and waits until the device has ended it too: one that takes a single client refuses
/// the next connection as long as it has not noticed the end of this one.
void Exchange::hang_up() {
    if (socket() != -1 && shutdown(socket(), SHUT_WR) == 0) {
        pollfd ended{socket(), POLLIN, 0};
        poll(&ended, 1, static_cast<int>(std::min(endpoint_.timeout, kHangUp).count()));
    }
    close();
}

void Exchange::interrupt() {
    const std::lock_guard lock(mutex_);
    interrupted_ = true;
    if (interruptible_socket_ != -1) {
        shutdown(interruptible_socket_, SHUT_RDWR);
    }
}

/// False when there is to be no connection any more.
bool Exchange::publish_socket(int socket) {
    const std::lock_guard lock(mutex_);
    interruptible_socket_ = socket;
    return !interrupted_;
}

bool Exchange::has_unread() const {
    pollfd waiting{socket(), POLLIN, 0};
    return poll(&waiting, 1, 0) != 0;
}

bool Exchange::interrupted() const {
    const std::lock_guard lock(mutex_);
    return interrupted_;
}

int Exchange::socket() const {
    return modbus_get_socket(context_.get());
}

}  // namespace sunherd::modbus
