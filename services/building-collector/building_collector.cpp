#include "building_collector.hpp"

#include "building_device.hpp"

namespace sunherd {

BuildingCollector::BuildingCollector(service::Context& context)
    : context_(context), poller_(context.clock()) {
    for (const site::Device& device : context.site().devices) {
        devices_.push_back(std::make_unique<BuildingDevice>(context, device));
        devices_.back()->start(poller_);
    }
    context.loop().every(std::chrono::seconds(1), [this] {
        if (const auto missed = poller_.take_missed(); missed > 0) {
            context_.status().count("missed_polls", missed);
        }
    });
}

BuildingCollector::~BuildingCollector() = default;

void BuildingCollector::stopping() {
    poller_.stop();
}

}  // namespace sunherd
