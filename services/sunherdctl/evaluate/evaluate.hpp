#pragma once

#include <nlohmann/json.hpp>

#include <iosfwd>
#include <string>
#include <vector>

namespace sunherd::ctl {

/// What the engine answers to each scenario of a list, by id: `allowed`, `active_phases`, `available`,
/// `next`, `tail` (bench `loop`), `reasons`; or `error`, with nothing allowed.
nlohmann::json evaluate(const std::vector<nlohmann::json>& scenarios);

/// Compares with what the scenarios expect; says what is different and ends with `N passed, N failed`.
/// Returns how many failed.
int check(const std::vector<nlohmann::json>& scenarios, std::ostream& out);

}  // namespace sunherd::ctl
