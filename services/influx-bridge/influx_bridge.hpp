#pragma once

#include "influx_writer.hpp"
#include "service/service.hpp"
#include "service/throttle.hpp"

#include <memory>

namespace sunherd::influx {

/// Takes every message that is data and hands it to the writer as a line.
class InfluxBridge : public service::Service {
  public:
    explicit InfluxBridge(service::Context& context);

    /// Writes what waits, within a second; what is left is counted and said.
    void stopping() override;

  private:
    void take(const topics::Parsed& topic, const std::string& payload, const bus::Incoming& raw);
    void note(const InfluxWriter::Report& report);

    service::Context& context_;
    service::Throttle refusals_;
    std::unique_ptr<InfluxWriter> writer_;
};

}  // namespace sunherd::influx
