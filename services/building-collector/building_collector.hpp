#pragma once

#include "polling/poller.hpp"
#include "service/service.hpp"

#include <memory>
#include <vector>

namespace sunherd {

class BuildingDevice;

/// Polls the site's meters, inverters and batteries; each answer goes to `building/…` at once. What can't be
/// true or repeats itself (see BuildingDevice) is not published: for those who listen, the device's last
/// reading gets old.
class BuildingCollector : public service::Service {
  public:
    explicit BuildingCollector(service::Context& context);
    ~BuildingCollector() override;
    void stopping() override;

  private:
    service::Context& context_;
    std::vector<std::unique_ptr<BuildingDevice>> devices_;
    polling::Poller poller_;
};

}  // namespace sunherd
