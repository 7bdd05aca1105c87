#pragma once

#include "polling/device_poll.hpp"
#include "polling/frozen_guard.hpp"
#include "polling/poller.hpp"
#include "service/service.hpp"
#include "site/site.hpp"

#include <optional>
#include <string>

namespace sunherd {

/// A meter, inverter or battery of the site: from its polls to messages and to its health.
class BuildingDevice {
  public:
    BuildingDevice(service::Context& context, site::Device config);

    void start(polling::Poller& poller);
    /// On the loop: publishes the reading, or says what is wrong with it.
    void take(const polling::Polled& polled);

  private:
    /// Why a reading is not to be published; nullopt = publish.
    std::optional<std::string> doubt(const polling::Polled& polled);
    /// False when the reading has nothing that a message could say.
    bool publish(const polling::Polled& polled);

    service::Context& context_;
    site::Device config_;
    polling::FrozenGuard frozen_;
};

}  // namespace sunherd
