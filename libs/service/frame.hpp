#pragma once

#include "service/inbox.hpp"
#include "service/life_signs.hpp"
#include "service/service.hpp"
#include "service/throttle.hpp"

#include <set>

namespace sunherd::service {

/// The context of the one service of this process, and what the frame itself does on the loop.
class Frame final : public Context {
  public:
    Frame(const Spec& spec, site::Site site, std::filesystem::path state_dir, Loop& loop);

    void start();
    /// On the loop, after a signal: the service's last words, then ours.
    void stop(int signal);
    /// A handler's exception: a fault of ours. Counted, and said once a minute.
    void internal_error(const std::string& what);
    /// False: a thread of the bus was left behind, see Bus::stop.
    bool ended_well() const { return ended_well_; }

    const std::string& service() const override { return spec_.name; }
    const site::Site& site() const override { return site_; }
    const topics::Names& names() const override { return names_; }
    const Clock& clock() const override { return system_clock(); }
    Loop& loop() override { return loop_; }
    Status& status() override { return status_; }
    std::filesystem::path state_dir() const override { return state_dir_; }
    bool connected() const override { return connected_; }

    void on(topics::Kind kind, Handler<std::string> handler, bus::QoS qos) override;
    void on_foreign(const std::vector<std::string>& filters, Foreign handler) override;
    void take_all(const std::vector<std::string>& filters, Take take) override;
    void take_again() override { bus_.resume(); }
    void event(topics::Severity severity, std::string_view code, const std::string& text,
               std::optional<std::string> device) override;
    void publish_raw(const std::string& topic, const std::string& payload, bool retained, bool keep) override;
    std::uint64_t next_seq(const std::string& topic) override { return ++seq_[topic]; }
    void bad_message(const std::string& topic, const std::string& why) override;

  private:
    static constexpr std::chrono::seconds kSayAgainAfter{60};

    bus::Options bus_options() const;
    topics::ServiceStatus own_status(topics::Presence presence) const;
    bool receive(bus::Incoming incoming);
    void fetch();
    void deliver(const Inbox::Item& item);
    void connection_changed(const bus::ConnectionChange& change);
    void refused(const std::string& topic, const std::string& why);
    void health_changed(const std::string& id, const topics::DeviceHealth& before,
                        const topics::DeviceHealth& after);
    void tick();
    void publish_status();

    const Spec& spec_;
    const site::Site site_;
    const topics::Names names_;
    const std::filesystem::path state_dir_;
    const std::optional<std::filesystem::path> heartbeat_ = heartbeat_file();
    const Steady::time_point started_ = system_clock().now();
    Loop& loop_;
    Status status_;
    Inbox inbox_;
    Throttle bad_topics_{kSayAgainAfter};
    Throttle internal_errors_{kSayAgainAfter};
    std::map<topics::Kind, std::vector<Handler<std::string>>> handlers_;
    Foreign foreign_;
    Take take_;  // set before the bus starts
    std::map<std::string, std::uint64_t> seq_;
    std::set<std::string> refused_topics_;
    bool connected_ = false;
    std::uint64_t connects_ = 0;
    Steady::time_point status_published_{};
    std::uint64_t status_changes_published_ = 0;
    bool ended_well_ = true;
    bus::Bus bus_;
    std::unique_ptr<Service> running_;  // last: it may use all of the above until it is gone
};

}  // namespace sunherd::service
