#include "modbus/write_connection.hpp"

#include "modbus/exchange.hpp"

#include <string>

namespace sunherd::modbus {

namespace {

std::vector<std::uint8_t> write_pdu(std::uint8_t function, std::uint16_t address, std::uint16_t argument) {
    return {function, static_cast<std::uint8_t>(address >> 8U), static_cast<std::uint8_t>(address & 0xFFU),
            static_cast<std::uint8_t>(argument >> 8U), static_cast<std::uint8_t>(argument & 0xFFU)};
}

Result<void> without_registers(Result<std::vector<std::uint16_t>> answer) {
    if (!answer) {
        return tl::unexpected(std::move(answer.error()));
    }
    return {};
}

}  // namespace

Request WriteRequests::multiple(std::uint16_t address, std::span<const std::uint16_t> values) {
    auto pdu = write_pdu(16, address, static_cast<std::uint16_t>(values.size()));
    pdu.push_back(static_cast<std::uint8_t>(2 * values.size()));
    for (const auto value : values) {
        pdu.push_back(static_cast<std::uint8_t>(value >> 8U));
        pdu.push_back(static_cast<std::uint8_t>(value & 0xFFU));
    }
    return {std::move(pdu), "write holding " + std::to_string(address) + "+" + std::to_string(values.size())};
}

Request WriteRequests::single(std::uint16_t address, std::uint16_t value) {
    return {write_pdu(6, address, value), "write holding " + std::to_string(address)};
}

struct WriteConnection::Impl {
    Exchange exchange;
};

WriteConnection::WriteConnection(Endpoint endpoint, SteadyNow now)
    : impl_(new Impl{Exchange(std::move(endpoint), std::move(now))}) {}
WriteConnection::~WriteConnection() = default;
WriteConnection::WriteConnection(WriteConnection&&) noexcept = default;
WriteConnection& WriteConnection::operator=(WriteConnection&&) noexcept = default;

Result<void> WriteConnection::write(std::uint16_t address, std::span<const std::uint16_t> values) {
    return without_registers(impl_->exchange.request(WriteRequests::multiple(address, values)));
}

Result<void> WriteConnection::write_single(std::uint16_t address, std::uint16_t value) {
    return without_registers(impl_->exchange.request(WriteRequests::single(address, value)));
}

const Endpoint& WriteConnection::endpoint() const {
    return impl_->exchange.endpoint();
}
void WriteConnection::close() {
    impl_->exchange.close();
}
void WriteConnection::interrupt() {
    impl_->exchange.interrupt();
}

}  // namespace sunherd::modbus
