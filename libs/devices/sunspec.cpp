#include "devices/sunspec.hpp"

#include "devices/grouped_read.hpp"
#include "modbus/registers.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace sunherd::devices::sunspec {

namespace {

using modbus::ErrorKind;
using modbus::Type;

constexpr std::array<std::uint16_t, 3> kBases{40000, 50000, 0};
constexpr std::uint16_t kMarkerHigh = 0x5375;  // "SunS"
constexpr std::uint16_t kMarkerLow = 0x6E53;
constexpr int kEndOfChain = 0xFFFF;
constexpr std::size_t kMostModels = 60;
constexpr int kLongestModel = 1000;
constexpr int kCommon = 1;
constexpr std::uint16_t kMostRegisters = 125;

struct Header {
    int id;
    std::uint16_t length;
    bool plausible() const {
        return id == kEndOfChain || (id != 0 && length != 0 && length <= kLongestModel);
    }
};

modbus::Result<Header> read_header(modbus::ReadConnection& connection, int address) {
    if (address > 0xFFFE) {
        return Header{0, 0};
    }
    auto words = connection.read(modbus::Table::holding, static_cast<std::uint16_t>(address), 2);
    if (words) {
        return Header{words->at(0), words->at(1)};
    }
    return is_illegal_address(words.error()) ? modbus::Result<Header>(Header{0, 0})
                                             : tl::unexpected(words.error());
}

/// Length by the definition, for devices that announce a wrong one.
std::optional<std::uint16_t> nominal_length(int id) {
    switch (id) {
        case kCommon:
            return 66;
        case 101:
        case 102:
        case 103:
            return 50;
        case 111:
        case 112:
        case 113:
            return 60;
        case 201:
        case 202:
        case 203:
        case 204:
            return 105;
        case 211:
        case 212:
        case 213:
        case 214:
            return 124;
        default:
            return std::nullopt;
    }
}

/// Where the next model begins, and its header: where the announced length leads to nothing, the defined one
/// may.
struct Next {
    int address;
    Header header;
};
modbus::Result<Next> find_next(modbus::ReadConnection& connection, const Model& model) {
    const int announced = model.address + 2 + model.length;
    auto header = read_header(connection, announced);
    if (!header) {
        return tl::unexpected(header.error());
    }
    const auto nominal = nominal_length(model.id);
    if (!header->plausible() && nominal && *nominal != model.length) {
        const int defined = model.address + 2 + *nominal;
        auto other = read_header(connection, defined);
        if (!other) {
            return tl::unexpected(other.error());
        }
        return Next{defined, *other};
    }
    return Next{announced, *header};
}

modbus::Result<std::vector<Model>> follow(modbus::ReadConnection& connection, std::uint16_t base) {
    std::vector<Model> models;
    auto header = read_header(connection, base + 2);
    if (!header) {
        return tl::unexpected(header.error());
    }
    Next next{base + 2, *header};
    int sub_device = -1;
    while (next.header.plausible() && next.header.id != kEndOfChain && models.size() < kMostModels) {
        sub_device += next.header.id == kCommon || models.empty() ? 1 : 0;
        models.push_back(
            {next.header.id, static_cast<std::uint16_t>(next.address), next.header.length, sub_device});
        const auto found = find_next(connection, models.back());
        if (!found) {
            return tl::unexpected(found.error());
        }
        next = *found;
    }
    return models;
}

std::optional<std::uint64_t> not_implemented(Type type) {
    switch (type) {
        case Type::u16:
            return 0xFFFF;
        case Type::i16:
            return 0x8000;
        // SolarEdge gives all ones for a counter now and then; SunSpec's 0 is a value as well.
        case Type::acc32:
            return 0xFFFFFFFF;
        default:
            return std::nullopt;  // floats: NaN
    }
}

}  // namespace

modbus::Result<std::vector<Model>> discover(modbus::ReadConnection& connection) {
    for (const auto base : kBases) {
        const auto marker = connection.read(modbus::Table::holding, base, 2);
        if (!marker && !is_illegal_address(marker.error())) {
            return tl::unexpected(marker.error());
        }
        if (marker && marker->at(0) == kMarkerHigh && marker->at(1) == kMarkerLow) {
            return follow(connection, base);
        }
    }
    return tl::unexpected(
        error(connection, ErrorKind::garbage,
              "no SunSpec marker at 40000, 50000 or 0; is SunSpec enabled, and the unit id right?"));
}

Point point(std::uint16_t offset, Type type, Quantity quantity, std::optional<std::uint16_t> scale_factor) {
    return {.address = offset,
            .type = type,
            .quantity = quantity,
            .not_implemented = not_implemented(type),
            .scale_factor = scale_factor};
}

modbus::Result<Registers> read_model(modbus::ReadConnection& connection, const Model& model,
                                     std::uint16_t count) {
    const int available = std::min<int>({count, model.length + 2, kMostRegisters, 0x10000 - model.address});
    const modbus::Block block{modbus::Table::holding, model.address, static_cast<std::uint16_t>(available)};
    auto words = connection.read(block.table, block.address, block.count);
    if (!words) {
        return tl::unexpected(std::move(words.error()));
    }
    if (words->at(0) != model.id || words->at(1) != model.length) {
        return tl::unexpected(error(connection, ErrorKind::garbage,
                                    "SunSpec model " + std::to_string(model.id) + " is no longer at " +
                                        std::to_string(model.address) + "; its place will be found anew"));
    }
    Registers registers;
    registers.add(block, *std::move(words));
    return registers;
}

modbus::Result<Identity> read_common(modbus::ReadConnection& connection, const Model& common) {
    const auto registers = read_model(connection, common, 66);
    if (!registers) {
        return tl::unexpected(registers.error());
    }
    const auto text = [&](std::uint16_t offset, std::uint16_t count) -> std::optional<std::string> {
        const auto words = registers->at(static_cast<std::uint16_t>(common.address + offset), count);
        auto decoded = modbus::decode_text(words);
        return decoded.empty() ? std::nullopt : std::optional(std::move(decoded));
    };
    return Identity{
        .vendor = text(2, 16), .model = text(18, 16), .serial = text(50, 16), .firmware = text(42, 8)};
}

modbus::Error error(const modbus::ReadConnection& connection, ErrorKind kind, std::string_view text) {
    const auto& endpoint = connection.endpoint();
    return {kind, 0,
            endpoint.host + ":" + std::to_string(endpoint.port) + " unit " + std::to_string(endpoint.unit) +
                ": " + std::string(text)};
}

}  // namespace sunherd::devices::sunspec
