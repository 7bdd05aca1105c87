#include "influx_bridge.hpp"

#include "line_protocol.hpp"

namespace sunherd::influx {

namespace {
constexpr auto kDatabase = "influxdb";
constexpr std::chrono::milliseconds kTimeToFinish{1000};
constexpr std::chrono::seconds kSayAgainAfter{60};
}  // namespace

InfluxBridge::InfluxBridge(service::Context& context) : context_(context), refusals_(kSayAgainAfter) {
    if (!context_.site().influx) {
        context_.event(topics::Severity::info, "influx_not_configured",
                       "the site file has no `influx`: nothing is written to a database");
        return;
    }
    context_.status().device_waiting(kDatabase);
    writer_ = std::make_unique<InfluxWriter>(*context_.site().influx, [this](InfluxWriter::Report report) {
        context_.loop().post([this, report = std::move(report)] { note(report); });
    });
    for (const auto kind : written_kinds()) {
        context_.on(kind,
                    service::Handler<std::string>([this](const auto& topic, const auto& payload,
                                                         const auto& raw) { take(topic, payload, raw); }),
                    bus::QoS::at_least_once);
    }
}

void InfluxBridge::take(const topics::Parsed& topic, const std::string& payload, const bus::Incoming& raw) {
    if (auto line = to_line(context_.site().id, topic, payload)) {
        writer_->add(std::move(*line));
    } else {
        context_.bad_message(raw.topic, line.error());
    }
}

void InfluxBridge::note(const InfluxWriter::Report& report) {
    auto& status = context_.status();
    status.count("lines_written", report.written);
    status.count("lines_dropped", report.dropped);
    if (report.trouble.empty()) {
        status.device_ok(kDatabase);
        return;
    }
    status.device_failed(kDatabase, report.silent, report.trouble);
    if (report.refused && refusals_.admit(kDatabase, context_.clock().now())) {
        context_.event(topics::Severity::warning, "lines_refused",
                       std::to_string(report.dropped) + " lines are lost: " + report.trouble, kDatabase);
    }
}

void InfluxBridge::stopping() {
    if (!writer_) {
        return;
    }
    if (const auto left = writer_->finish(kTimeToFinish); left > 0) {
        context_.status().count("lines_dropped", left);
        context_.event(topics::Severity::warning, "lines_lost",
                       std::to_string(left) + " lines could not be written before the stop", kDatabase);
    }
}

}  // namespace sunherd::influx
