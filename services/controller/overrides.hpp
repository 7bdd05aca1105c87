#pragma once

#include "topics/messages.hpp"

#include <tl/expected.hpp>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace sunherd::controller {

/// What a person wants otherwise than the site file, until when, and who that was.
struct Override {
    topics::CommandValue value;
    std::optional<topics::Timestamp> until{};
    std::optional<std::string> source{};
    bool operator==(const Override&) const = default;
};

/// The setting whose value is what is still to be charged.
inline constexpr std::string_view kTargetEnergy = "target_energy_wh";

/// The number that somebody set; absent where there is none.
std::optional<double> number_of(const Override* override);
double number_or(const Override* override, double otherwise);

/// All overrides in force, by EVSE ("" = the site) and setting. A value; the controller keeps it in a file.
class Overrides {
  public:
    void set(const std::string& evse, const std::string& setting, Override value);
    void clear(const std::string& evse, const std::string& setting);
    /// Those of an EVSE; all there are where `evse` is empty.
    void clear_all(const std::string& evse);
    /// Takes off an energy that is still to be charged; true if that was the rest of it, and it is cleared.
    bool charged(const std::string& evse, double energy_wh);
    const Override* find(const std::string& evse, const std::string& setting) const;
    /// Who set one for this EVSE, and what: `mode by phone`; absent where none is in force.
    std::optional<std::string> described(const std::string& evse) const;
    /// Drops those that are over; true if there were any.
    bool expire(topics::Timestamp utc);

    /// For everybody to read; those of the site first.
    topics::ControlOverrides listed() const;

    std::string to_json() const;
    /// The error says what makes no sense.
    static tl::expected<Overrides, std::string> from_json(const std::string& text);

    bool operator==(const Overrides&) const = default;

  private:
    std::map<std::pair<std::string, std::string>, Override> overrides_;
};

}  // namespace sunherd::controller
