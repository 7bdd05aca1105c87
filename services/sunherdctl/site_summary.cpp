#include "site_summary.hpp"

#include "site/fuses.hpp"
#include "topics/enums.hpp"

#include <algorithm>
#include <cstdio>
#include <string_view>
#include <vector>

namespace sunherd::ctl {
namespace {

using Row = std::vector<std::string>;

std::string plain(double number) {
    char text[32];
    std::snprintf(text, sizeof text, "%.10g", number);
    return text;
}

std::string seconds(std::chrono::milliseconds time) {
    return plain(static_cast<double>(time.count()) / 1000) + " s";
}

/// Characters, not bytes.
std::size_t width_of(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::string table(const std::vector<Row>& rows) {
    std::vector<std::size_t> widths(rows.front().size());
    for (const auto& row : rows) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            widths[i] = std::max(widths[i], width_of(row[i]));
        }
    }
    std::string text;
    for (const auto& row : rows) {
        std::string line;
        for (std::size_t i = 0; i < row.size(); ++i) {
            line += "  " + row[i] + std::string(widths[i] - width_of(row[i]), ' ');
        }
        text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
    }
    return text;
}

std::string grid_source(const site::Site& site) {
    for (const auto& evse : site.evses) {
        if (evse.master) {
            return "Load Guard of EVSE " + evse.id + ", every " + seconds(evse.load_guard_poll);
        }
    }
    for (const auto& device : site.devices) {
        if (device.role == site::Role::grid) {
            return "device " + device.id + ", every " + seconds(device.poll);
        }
    }
    return "none";
}

std::string head(const site::Site& site) {
    const auto& broker = site.broker;
    return "  site " + site.id + (site.name ? " (" + *site.name + ")" : "") + ", " + site.time_zone + "\n" +
           "  grid " + std::to_string(site.grid.phases) + " x " + plain(site.grid.main_fuse_a) +
           " A, measured by the " + grid_source(site) + "\n" + "  broker " + broker.host + ":" +
           std::to_string(broker.port) + (broker.tls ? " (TLS)" : "") + ", topics " + broker.prefix + "/" +
           site.id + "/…\n" +
           (site.influx ? "  influx " + site.influx->url + ", bucket " + site.influx->bucket + "\n" : "");
}

std::string evses(const site::Site& site) {
    std::vector<Row> rows{
        {"EVSE", "at", "read", "write", "phases", "A", "fallback", "behind", "mode", "priority"}};
    for (const auto& evse : site.evses) {
        const std::string connector =
            evse.connector > 1 ? " connector " + std::to_string(evse.connector) : "";
        rows.push_back({evse.id + (evse.master ? " (master)" : ""),
                        evse.host + " unit " + std::to_string(evse.unit) + connector,
                        std::to_string(evse.read_port), std::to_string(evse.write_port), evse.phase_rotation,
                        plain(evse.min_current_a) + "–" + plain(evse.max_current_a),
                        plain(evse.fallback_current_a) + " A", evse.circuit.value_or("main fuse"),
                        std::string(topics::to_word(evse.mode)), std::to_string(evse.priority)});
    }
    return rows.size() == 1 ? "" : "\n" + table(rows);
}

std::string devices(const site::Site& site) {
    std::vector<Row> rows{{"device", "is", "profile", "at", "every"}};
    for (const auto& device : site.devices) {
        const auto& at = device.endpoint;
        rows.push_back({device.id, std::string(topics::to_word(device.role)), device.profile,
                        at.host + ":" + std::to_string(at.port) + " unit " + std::to_string(at.unit),
                        seconds(device.poll)});
    }
    return rows.size() == 1 ? "" : "\n" + table(rows);
}

std::string fuses(const site::Site& site) {
    std::vector<Row> rows{{"fuse", "A", "behind", "EVSEs", "when all fall back: L1", "L2", "L3"}};
    for (const auto& load : site::fallback_loads(site)) {
        const auto* circuit = load.circuit;
        rows.push_back({circuit == nullptr ? "main fuse" : circuit->id, plain(load.fuse_a),
                        circuit == nullptr ? "" : circuit->parent.value_or("main fuse"),
                        std::to_string(load.evses), plain(load.current_a[0]) + " A",
                        plain(load.current_a[1]) + " A", plain(load.current_a[2]) + " A"});
    }
    return "\n" + table(rows);
}

}  // namespace

std::string summary(const site::Site& site) {
    return head(site) + evses(site) + devices(site) + fuses(site);
}

}  // namespace sunherd::ctl
