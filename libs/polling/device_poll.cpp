#include "polling/device_poll.hpp"

namespace sunherd::polling {

namespace {
constexpr std::chrono::minutes kIdentifyAgain{10};
}

Polled DevicePoll::poll(modbus::ReadConnection& connection) {
    const auto stamped = [this](modbus::Result<devices::Reading> reading,
                                std::optional<devices::Identity> identity = std::nullopt) {
        return Polled{clock_.utc(), clock_.now(), std::move(reading), std::move(identity)};
    };
    if (!reader_) {
        reader_ = devices::make_reader(profile_, connection, options_);
        if (!reader_) {
            return stamped(
                tl::unexpected(modbus::Error{modbus::ErrorKind::garbage, 0,
                                             "profile " + profile_ + " is not known; see docs/devices.md"}));
        }
    }
    std::optional<devices::Identity> identity;
    if (!identified_at_ || clock_.now() - *identified_at_ > kIdentifyAgain) {
        auto told = reader_->identify();
        if (told) {
            identity = *std::move(told);
        } else if (told.error().kind != modbus::ErrorKind::exception) {
            return stamped(tl::unexpected(std::move(told.error())));
        }
        identified_at_ = clock_.now();
    }
    auto reading = reader_->read();
    if (!reading) {
        identified_at_.reset();
    }
    return stamped(std::move(reading), std::move(identity));
}

}  // namespace sunherd::polling
