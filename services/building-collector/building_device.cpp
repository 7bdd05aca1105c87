#include "building_device.hpp"

#include "devices/to_messages.hpp"

namespace sunherd {

BuildingDevice::BuildingDevice(service::Context& context, site::Device config)
    : context_(context), config_(std::move(config)), frozen_(config_.frozen_after) {}

void BuildingDevice::start(polling::Poller& poller) {
    const site::Endpoint& at = config_.endpoint;
    auto device =
        std::make_shared<polling::DevicePoll>(config_.profile, devices::ReaderOptions{}, context_.clock());
    poller.add({at.host, at.port, at.unit, std::chrono::milliseconds(at.timeout_ms), at.single_client},
               {.unit = at.unit,
                .period = config_.poll,
                .urgent = config_.role == site::Role::grid,
                .work = [this, device](modbus::ReadConnection& connection) {
                    auto polled = device->poll(connection);
                    const bool worth_its_time = !polled.silent();
                    context_.loop().post([this, polled = std::move(polled)] { take(polled); });
                    return worth_its_time;
                }});
}

void BuildingDevice::take(const polling::Polled& polled) {
    service::Status& status = context_.status();
    if (!polled.reading) {
        status.device_failed(config_.id, polled.unreachable(), polled.reading.error().text);
        return;
    }
    if (polled.reading->implausible > 0) {
        status.count("implausible_values", static_cast<std::uint64_t>(polled.reading->implausible));
    }
    if (const auto why = doubt(polled)) {
        status.device_failed(config_.id, false, *why);
    } else if (!publish(polled)) {
        status.device_failed(
            config_.id, false,
            "answers, but without a power or a current; is profile " + config_.profile + " right?");
    } else {
        status.device_ok(config_.id);
    }
}

std::optional<std::string> BuildingDevice::doubt(const polling::Polled& polled) {
    // A meter's voltage never stands still; an inverter at night does, and so may the one figure of a
    // battery.
    const auto& power_w = polled.reading->values[devices::Quantity::power_w];
    const bool rests = config_.role == site::Role::pv && power_w.value_or(0) <= 0;
    if (config_.role == site::Role::battery || rests) {
        frozen_.reset();
        return std::nullopt;
    }
    if (frozen_.believes(polled.reading->fingerprint, polled.at)) {
        return std::nullopt;
    }
    return "frozen: its registers have not changed for " +
           std::to_string(std::chrono::duration_cast<std::chrono::seconds>(config_.frozen_after).count()) +
           " s; not believed until they do";
}

bool BuildingDevice::publish(const polling::Polled& polled) {
    const devices::Reading& reading = *polled.reading;
    const auto send = [&](auto topic, auto message, bool says_something) {
        if (says_something) {
            message.time = polled.time;
            context_.publish(topic, std::move(message), /*keep=*/true);
        }
        return says_something;
    };
    const topics::Names& names = context_.names();
    switch (config_.role) {
        case site::Role::grid: {
            auto message = devices::to_grid(reading, config_.id, config_.invert);
            const bool useful = message.power_w || !message.current_a.empty();
            return send(names.grid(), std::move(message), useful);
        }
        case site::Role::pv: {
            auto message = devices::to_pv(reading);
            const bool useful = message.power_w.has_value();
            return send(names.pv(config_.id), std::move(message), useful);
        }
        case site::Role::battery: {
            auto message = devices::to_battery(reading);
            const bool useful = message.power_w || message.soc_pct;
            return send(names.battery(config_.id), std::move(message), useful);
        }
        case site::Role::meter: {
            auto message = devices::to_meter(reading, config_.invert);
            const bool useful = message.power_w || !message.current_a.empty();
            return send(names.meter(config_.id), std::move(message), useful);
        }
    }
    return false;
}

}  // namespace sunherd
