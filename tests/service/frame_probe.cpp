// The smallest service: answers each grid reading with a state and a setpoint, and misbehaves on command.

#include "service/service.hpp"

#include <unistd.h>

#include <memory>
#include <stdexcept>

using namespace sunherd;

namespace {

class Probe final : public service::Service {
  public:
    explicit Probe(service::Context& context) : context_(context) {
        context.on<topics::GridReading>(
            topics::Kind::grid, [this](const auto&, const auto& reading, const auto&) {
                topics::EvseSetpoint setpoint;
                setpoint.epoch = 1;
                setpoint.current_a = 6;
                setpoint.ttl_ms = 10000;
                setpoint.sample_time = reading.time;
                context_.publish(context_.names().evse_setpoint("garage"), setpoint);
            });
        context.on<topics::Command>(
            topics::Kind::site_command,
            [this](const topics::Parsed& topic, const topics::Command&, const bus::Incoming&) {
                obey(topic.name);
            },
            bus::QoS::at_least_once);
        topics::EvseInfo info;
        info.profile = "probe";
        context.publish(context.names().evse_info("garage"), info);
    }

    void stopping() override {
        while (hang_) {
            pause();
        }
    }

  private:
    void obey(const std::string& command) {
        if (command == "silent") {
            context_.status().device_failed("meter", true, "no answer");
        } else if (command == "back") {
            context_.status().device_ok("meter");
        } else if (command == "throw") {
            throw std::runtime_error("thrown on command");
        } else if (command == "hang") {
            hang_ = true;
        }
        topics::CommandResult result;
        result.command = command;
        result.accepted = true;
        context_.publish(context_.names().command_result(), result);
    }

    service::Context& context_;
    bool hang_ = false;
};

}  // namespace

int main(int argc, char** argv) {
    return service::run(argc, argv,
                        {.name = "probe",
                         .about = "A service that tests steer.",
                         .make = [](service::Context& context) { return std::make_unique<Probe>(context); }});
}
