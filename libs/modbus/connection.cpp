#include "modbus/connection.hpp"

#include "modbus/exchange.hpp"

#include <string>

namespace sunherd::modbus {

struct ReadConnection::Impl {
    Exchange exchange;
};

ReadConnection::ReadConnection(Endpoint endpoint, SteadyNow now)
    : impl_(new Impl{Exchange(std::move(endpoint), std::move(now))}) {}
ReadConnection::~ReadConnection() = default;
ReadConnection::ReadConnection(ReadConnection&&) noexcept = default;
ReadConnection& ReadConnection::operator=(ReadConnection&&) noexcept = default;

Result<std::vector<std::uint16_t>> ReadConnection::read(Table table, std::uint16_t address,
                                                        std::uint16_t count) {
    return impl_->exchange.request(Request::read(table, address, count));
}

const Endpoint& ReadConnection::endpoint() const {
    return impl_->exchange.endpoint();
}
void ReadConnection::close() {
    impl_->exchange.close();
}
void ReadConnection::select_unit(int unit) {
    impl_->exchange.select_unit(unit);
}
void ReadConnection::interrupt() {
    impl_->exchange.interrupt();
}

}  // namespace sunherd::modbus
