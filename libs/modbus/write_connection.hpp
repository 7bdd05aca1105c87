#pragma once

#include "modbus/connection.hpp"

#include <span>

/// The writing side, in a library of its own (sunherd_modbus_write) that CMake lets only the actuator link.
namespace sunherd::modbus {

/// As ReadConnection; `write` is function 16 (write multiple), also for a single register.
class WriteConnection {
  public:
    explicit WriteConnection(Endpoint endpoint, SteadyNow now = std::chrono::steady_clock::now);
    ~WriteConnection();
    WriteConnection(WriteConnection&&) noexcept;
    WriteConnection& operator=(WriteConnection&&) noexcept;
    WriteConnection(const WriteConnection&) = delete;
    WriteConnection& operator=(const WriteConnection&) = delete;

    /// 1 … 123 values.
    Result<void> write(std::uint16_t address, std::span<const std::uint16_t> values);
    /// Function 6, for devices that know only that (VARTA).
    Result<void> write_single(std::uint16_t address, std::uint16_t value);
    const Endpoint& endpoint() const;
    void close();
    /// From any thread: ends a write that waits for its reply, and all later ones at once. For a clean stop.
    void interrupt();

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace sunherd::modbus
