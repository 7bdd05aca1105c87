#pragma once

#include "devices/point.hpp"
#include "modbus/connection.hpp"

#include <vector>

namespace sunherd::devices {

/// Reads the registers of many points in few requests. A request that the device refuses as illegal
/// (exception 2 or 3) is halved until the points it doesn't know are alone; those are not asked again until
/// reset(). A device that refuses all of them gets a single request per poll from then on, not a storm.
class GroupedRead {
  public:
    explicit GroupedRead(std::vector<modbus::Block> wanted);

    /// What could be read. Fails when that is nothing; ends early when the device no longer answers.
    modbus::Result<Registers> read(modbus::ReadConnection& connection);
    /// Asks for everything again: the device may have been exchanged or have refused because it was starting.
    void reset();

  private:
    using Group = std::vector<modbus::Block>;

    modbus::Result<void> probe(modbus::ReadConnection& connection);
    void regroup();

    std::vector<modbus::Block> wanted_;
    std::vector<Group> groups_;  ///< each is one request
    bool all_refused_ = false;
    std::size_t probed_ = 0;  ///< the block asked last while all are refused
};

/// Exceptions that mean "there is no such register here".
bool is_illegal_address(const modbus::Error& error);

}  // namespace sunherd::devices
