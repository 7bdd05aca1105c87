#pragma once

#include "engine/draw.hpp"

namespace sunherd::engine {

/// One phase or three, for an EVSE that can change between them: three unless it lives on the sun and that is
/// enough for one only. Looks at what the sun gave in the last decision; brings what is remembered up to
/// date, and leaves in `draw` the wires that are in use. While it changes it may not charge: the result is
/// for how long at most; absent: it does not.
std::optional<Instant> choose_phases(const Evse& evse, const Site& site, Draw& draw, EvseMemory& memory);

}  // namespace sunherd::engine
