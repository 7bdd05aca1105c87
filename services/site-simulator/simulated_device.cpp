#include "simulated_device.hpp"

namespace sunherd::simulator {

Distortion SimulatedDevice::distortion_for(const Asked& asked) {
    Distortion distortion;
    distortion.not_implemented = faults_.has(Fault::nan);
    if (!faults_.has(Fault::spike)) {
        spiked_.clear();
    } else if (spiked_.insert(asked).second) {
        // One sample: each group of registers is asked for once per poll.
        distortion.factor = faults_.value_or(Fault::spike, 100);
    }
    return distortion;
}

Answer SimulatedDevice::answer(Port port, const Request& request, Moment now) {
    if (faults_.has(Fault::exception)) {
        return tl::unexpected(static_cast<std::uint8_t>(faults_.value_or(Fault::exception, kDeviceFailure)));
    }
    if (!request.is_read()) {
        if (faults_.has(Fault::reject_writes)) {
            return tl::unexpected(
                static_cast<std::uint8_t>(faults_.value_or(Fault::reject_writes, kDeviceFailure)));
        }
        return write(port, request, now);
    }
    const Asked asked{port, request.function, request.address, request.count};
    if (!faults_.has(Fault::frozen)) {
        frozen_.clear();
        return read(port, request, distortion_for(asked));
    }
    const auto known = frozen_.find(asked);
    if (known != frozen_.end()) {
        return known->second;
    }
    auto answer = read(port, request, distortion_for(asked));
    if (answer) {
        frozen_.emplace(asked, *answer);
    }
    return answer;
}

}  // namespace sunherd::simulator
