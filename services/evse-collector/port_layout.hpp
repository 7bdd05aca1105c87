#pragma once

#include "modbus/connection.hpp"
#include "site/site.hpp"

#include <tl/expected.hpp>

#include <string>

namespace sunherd {

/// What the two ports of an EVSE can be asked to find out which does what.
class PortProbe {
  public:
    enum class Listening { yes, no, unknown };
    virtual ~PortProbe() = default;
    /// Input register 3000, "Load Guard installed": only the cluster's port of a master knows it.
    virtual modbus::Result<void> ask_load_guard(std::uint16_t port) = 0;
    /// Whether anybody listens on the port; unknown where nothing came back.
    virtual Listening listening(std::uint16_t port) = 0;
};

struct FoundLayout {
    site::PortLayout layout{};
    std::string because;  ///< what was seen, for people
};

/// Finds the layout of an EVSE by what answers where; else says why it can't be told now.
/// Source: the vendor's register list (charger-cluster: Load Guard on the second port, which only a master
/// serves) and a site where the master answers the Load Guard on the first (read-write).
tl::expected<FoundLayout, std::string> find_layout(const site::Evse& evse, PortProbe& probe);

/// The probe of a real EVSE. Reads on the read port over the connection of its line, as that port may take
/// one client only; on the write port over a connection of its own, closed afterwards. Blocks a second at
/// most beyond the line's.
class LivePortProbe : public PortProbe {
  public:
    LivePortProbe(const site::Evse& evse, modbus::ReadConnection& read_port)
        : evse_(evse), read_port_(read_port) {}
    modbus::Result<void> ask_load_guard(std::uint16_t port) override;
    Listening listening(std::uint16_t port) override;

  private:
    const site::Evse& evse_;
    modbus::ReadConnection& read_port_;
};

}  // namespace sunherd
