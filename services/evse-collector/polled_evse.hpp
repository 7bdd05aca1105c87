#pragma once

#include "polling/device_poll.hpp"
#include "polling/poller.hpp"
#include "port_layout.hpp"
#include "service/service.hpp"
#include "site/site.hpp"

#include <optional>
#include <string>

namespace sunherd {

/// One EVSE: from its polls to `evse/{id}/state`, `evse/{id}/info` and its health. Stays for the life of the
/// service.
class PolledEvse {
  public:
    /// `found`: not in the site file, but adopted after it was found.
    PolledEvse(service::Context& context, polling::Poller& poller, site::Evse config, bool found = false);
    virtual ~PolledEvse() = default;
    PolledEvse(const PolledEvse&) = delete;
    PolledEvse& operator=(const PolledEvse&) = delete;

    void start();
    /// It answers at another address now.
    void move_to(const std::string& host);
    /// Says once more what it is, as far as that is known: the broker has forgotten.
    void repeat_info();

    const site::Evse& config() const { return config_; }
    /// Absent until it answered for the first time.
    const std::optional<devices::Identity>& identity() const { return identity_; }
    /// What it draws, all phases together; absent while it does not say.
    const std::optional<double>& drawn_a() const { return drawn_a_; }

  protected:
    /// After each poll of the charger.
    virtual void polled(const polling::Polled&) {}
    /// Once it is known (or fixed by the site file) which port does what.
    virtual void layout_known(site::PortLayout) {}
    virtual void layout_unknown(const std::string& /*why*/) {}

    service::Context& context_;
    polling::Poller& poller_;
    site::Evse config_;

  private:
    class Line;
    void take(const polling::Polled& polled);
    void take_layout(const tl::expected<FoundLayout, std::string>& found);
    void publish_info();

    bool found_;
    std::optional<devices::Identity> identity_;
    std::optional<site::PortLayout> layout_;
    std::string last_layout_doubt_;
    std::optional<double> drawn_a_;
    std::optional<topics::EvseInfo> published_;
};

/// The message for an EVSE that is in no site file, or the part that does not depend on being polled.
topics::EvseInfo evse_info(const site::Evse& config, const devices::Identity& identity);

}  // namespace sunherd
