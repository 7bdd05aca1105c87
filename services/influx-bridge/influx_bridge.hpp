#pragma once

#include "drain.hpp"
#include "intake.hpp"
#include "service/service.hpp"
#include "service/throttle.hpp"
#include "shard.hpp"

#include <memory>

namespace sunherd::influx {

/// Everything that is data: from the broker into the spool before the broker is told that it arrived, from
/// the spool into the database, and out of the spool when the database has it. This class wires the two, and
/// says how they are.
class InfluxBridge : public service::Service {
  public:
    explicit InfluxBridge(service::Context& context);

  private:
    void open_spool(const site::Influx& influx);
    void start_threads(const site::Influx& influx);
    void subscribe(const site::Influx& influx);
    void note(const Drain::Report& report);
    void note_batch(const Outcome& outcome);
    void watch_level();
    void refused(const spool::Error& why);

    service::Context& context_;
    service::Throttle often_;
    Shard shard_;
    std::uint64_t most_bytes_ = 0;
    std::unique_ptr<spool::Spool> spool_;
    std::unique_ptr<Database> database_;
    std::unique_ptr<DeadLetters> dead_letters_;
    std::unique_ptr<Drain> drain_;  // these two last: their threads use the rest
    std::unique_ptr<Intake> intake_;
    bool filling_ = false;  // said
    bool waiting_for_room_ = false;
};

}  // namespace sunherd::influx
