#pragma once

#include "influx_writer.hpp"
#include "service/service.hpp"

#include <memory>

namespace sunherd::influx {

/// Takes every message that is data and hands it to the writer as a line.
class InfluxBridge : public service::Service {
  public:
    explicit InfluxBridge(service::Context& context);

  private:
    void take(const topics::Parsed& topic, const std::string& payload, const bus::Incoming& raw);
    void note(const InfluxWriter::Report& report);

    service::Context& context_;
    std::unique_ptr<InfluxWriter> writer_;
};

}  // namespace sunherd::influx
