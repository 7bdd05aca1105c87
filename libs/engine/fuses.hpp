#pragma once

#include "engine/draw.hpp"
#include "engine/supply.hpp"

#include <vector>

namespace sunherd::engine {

/// The tree of fuses with what is free below each, per phase.
class Fuses {
  public:
    /// Looks at the site, and brings the remembered loads up to date with its readings.
    void observe(const Site& site, const std::vector<Draw>& draws, Memory& memory);

    /// The first meter on the path from `circuit` to the main fuse that has no fresh reading of all phases.
    std::optional<int> unknown_at(int circuit) const;
    /// Readings on the whole path are fresh and have been for a while.
    bool confirmed(int circuit) const;

    /// What binds one EVSE.
    struct Room {
        double current_a = 0;  ///< per wire; negative: overloaded
        int circuit = 0;
        int phase = 0;
    };
    /// What is left for an EVSE at `circuit` whose car uses `wires`.
    Room room(int circuit, const PerPhase& wires) const;
    void take(int circuit, const PerPhase& wires, double current_a);
    /// The same where the draws differ per phase.
    void take(int circuit, const PerPhase& current_a);

    /// What hangs below it, EVSEs left out.
    PerPhase load_a(int circuit) const;
    /// Adds the limits between `circuit` and the main fuse; false if they are too many.
    bool path(int circuit, Path& path) const;

    double limit_a(int circuit) const { return nodes_.at(static_cast<std::size_t>(circuit)).limit_a; }

  private:
    struct Node {
        int parent = -1;
        double limit_a = 0;
        bool metered = false;
        bool fresh = false;
        bool confirmed = false;
        PerPhase free_a{};
    };
    Node& node(int circuit) { return nodes_.at(static_cast<std::size_t>(circuit)); }
    void build(const Site& site);
    void measure(const Site& site, const std::vector<Draw>& draws, Memory& memory);

    /// Sums of the EVSEs' draws below a circuit, and what else an unmetered one carries.
    struct Below {
        PerPhase least_a{};
        PerPhase read_a{};
        PerPhase lag_a{};
        PerPhase unseen_a{};
        PerPhase load_a{};
    };
    static void follow(Node& here, CircuitMemory& memory, const Circuit& circuit, const Below& below,
                       const Site& site);

    int phases_ = 3;
    std::vector<Node> nodes_;
    std::vector<Below> below_;  // kept for its memory
};

}  // namespace sunherd::engine
