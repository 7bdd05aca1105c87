#include "port_layout.hpp"

#include "tcp_probe.hpp"

#include <algorithm>

namespace sunherd {

namespace {

using site::PortLayout;
using Answer = tl::expected<FoundLayout, std::string>;

constexpr std::uint16_t kLoadGuardInstalled = 3000;
constexpr std::chrono::milliseconds kProbeTimeout{500};

bool refused_by_device(const modbus::Result<void>& answer) {
    return !answer && answer.error().kind == modbus::ErrorKind::exception;
}

std::string port_text(std::uint16_t port) {
    return "port " + std::to_string(port);
}

Answer find_of_master(const site::Evse& evse, PortProbe& probe) {
    const auto on_read_port = probe.ask_load_guard(evse.read_port);
    if (on_read_port) {
        return FoundLayout{PortLayout::read_write, port_text(evse.read_port) + " answers the Load Guard"};
    }
    if (!refused_by_device(on_read_port)) {
        return tl::unexpected(on_read_port.error().text);
    }
    const auto on_write_port = probe.ask_load_guard(evse.write_port);
    if (on_write_port) {
        return FoundLayout{PortLayout::charger_cluster, port_text(evse.write_port) +
                                                            " answers the Load Guard, " +
                                                            port_text(evse.read_port) + " does not"};
    }
    return tl::unexpected("neither " + port_text(evse.read_port) + " nor " + port_text(evse.write_port) +
                          " answers the Load Guard (" + on_write_port.error().text +
                          "); is it the master, and is its Modbus enabled?");
}

Answer find_of_follower(const site::Evse& evse, PortProbe& probe) {
    switch (probe.listening(evse.write_port)) {
        case PortProbe::Listening::no:
            return FoundLayout{PortLayout::charger_cluster,
                               "nobody listens on " + port_text(evse.write_port)};
        case PortProbe::Listening::unknown:
            return tl::unexpected(port_text(evse.write_port) + " does not react");
        case PortProbe::Listening::yes:
            break;
    }
    // Some serve the cluster's port on followers too, with zeros.
    if (refused_by_device(probe.ask_load_guard(evse.read_port)) && probe.ask_load_guard(evse.write_port)) {
        return FoundLayout{PortLayout::charger_cluster,
                           port_text(evse.write_port) + " answers the cluster's registers"};
    }
    return FoundLayout{PortLayout::read_write, port_text(evse.write_port) + " takes connections"};
}

}  // namespace

Answer find_layout(const site::Evse& evse, PortProbe& probe) {
    return evse.master ? find_of_master(evse, probe) : find_of_follower(evse, probe);
}

modbus::Result<void> LivePortProbe::ask_load_guard(std::uint16_t port) {
    const auto ask = [](modbus::ReadConnection& connection) {
        return connection.read(modbus::Table::input, kLoadGuardInstalled, 1).map([](const auto&) {});
    };
    if (port == evse_.read_port) {
        return ask(read_port_);
    }
    const auto timeout = std::min(kProbeTimeout, std::chrono::milliseconds(evse_.timeout_ms));
    modbus::ReadConnection connection({evse_.host, port, evse_.unit, timeout, true});
    return ask(connection);
}

PortProbe::Listening LivePortProbe::listening(std::uint16_t port) {
    const auto states = probe_tcp({evse_.host}, port, kProbeTimeout);
    switch (states.front()) {
        case TcpState::open:
            return Listening::yes;
        case TcpState::refused:
            return Listening::no;
        case TcpState::silent:
            break;
    }
    return Listening::unknown;
}

}  // namespace sunherd
