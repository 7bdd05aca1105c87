#pragma once

#include "polled_evse.hpp"
#include "polling/poller.hpp"
#include "prober.hpp"
#include "service/service.hpp"
#include "unknown_draw.hpp"

#include <map>
#include <memory>
#include <set>
#include <string>

namespace sunherd {

/// Polls the site's EVSEs and those it adopted, and looks for new ones.
class EvseCollector : public service::Service {
  public:
    explicit EvseCollector(service::Context& context);
    ~EvseCollector() override;
    void stopping() override;

  private:
    void add(std::unique_ptr<PolledEvse> evse);
    /// What the master says that its cluster draws: more than our EVSEs means that there is one we don't
    /// know.
    void cluster_draws(double current_a);
    void found(const FoundEvse& found);
    /// The EVSE that this one is, if we know it already from elsewhere.
    PolledEvse* known_as(const FoundEvse& found);
    void moved(const FoundEvse& found, PolledEvse& known);
    void found_connector(const FoundEvse& found, int connector);

    service::Context& context_;
    std::map<std::string, std::unique_ptr<PolledEvse>> evses_;
    std::set<std::string> adopted_;
    UnknownDraw unknown_draw_;
    polling::Poller poller_;
    std::unique_ptr<Prober> prober_;
};

/// Id of an EVSE that has none in a site file, from its serial number.
std::string id_of_found(const FoundEvse& found, int connector);

}  // namespace sunherd
