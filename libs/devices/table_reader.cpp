#include "devices/table_reader.hpp"

#include <algorithm>
#include <utility>

namespace sunherd::devices {

namespace {

std::vector<modbus::Block> blocks(modbus::Table table, const std::vector<Point>& points,
                                  const std::vector<IdentityField>& fields) {
    std::vector<modbus::Block> wanted;
    wanted.reserve(points.size() + fields.size());
    for (const auto& point : points) {
        wanted.push_back({table, point.address, modbus::width(point.type)});
    }
    for (const auto& field : fields) {
        wanted.push_back({table, field.address, field.count});
    }
    return wanted;
}

class TableReader : public Reader {
  public:
    TableReader(DeviceTable table, modbus::ReadConnection& connection)
        : table_(std::move(table)),
          connection_(connection),
          poll_(blocks(table_.table, table_.points, {})),
          identification_(blocks(table_.table, table_.constants, table_.fields)) {}

    modbus::Result<Reading> read() override {
        const auto registers = poll_.read(connection_);
        if (!registers) {
            return tl::unexpected(registers.error());
        }
        Reading reading;
        reading.values = constants_;
        decode_points(table_.points, *registers, 0, reading);
        if (table_.essential && !reading.values[*table_.essential]) {
            return tl::unexpected(modbus::Error{modbus::ErrorKind::garbage, 0, without_essential()});
        }
        if (table_.finish != nullptr) {
            table_.finish(reading);
        }
        return reading;
    }

    modbus::Result<Identity> identify() override {
        poll_.reset();
        identification_.reset();
        Identity identity = table_.known;
        if (table_.constants.empty() && table_.fields.empty()) {
            return identity;
        }
        const auto registers = identification_.read(connection_);
        if (!registers) {
            // A device that has none of these registers is still the one we know.
            return is_illegal_address(registers.error()) ? modbus::Result<Identity>(identity)
                                                         : tl::unexpected(registers.error());
        }
        Reading constants;
        decode_points(table_.constants, *registers, 0, constants);
        constants_ = constants.values;
        for (const auto& field : table_.fields) {
            const auto words = registers->at(field.address, field.count);
            if (auto text = words.empty() ? std::string() : field.decode(words); !text.empty()) {
                identity.*field.to = std::move(text);
            }
        }
        return identity;
    }

  private:
    std::string without_essential() const {
        const auto& endpoint = connection_.endpoint();
        return endpoint.host + ":" + std::to_string(endpoint.port) + " unit " +
               std::to_string(endpoint.unit) +
               ": the register that says the device's state is missing or holds no state; is the profile "
               "right?";
    }

    DeviceTable table_;
    modbus::ReadConnection& connection_;
    GroupedRead poll_;
    GroupedRead identification_;
    Values constants_;
};

}  // namespace

std::unique_ptr<Reader> make_table_reader(DeviceTable table, modbus::ReadConnection& connection) {
    return std::make_unique<TableReader>(std::move(table), connection);
}

}  // namespace sunherd::devices
