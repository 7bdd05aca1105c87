#pragma once

#include "engine/reason.hpp"

#include <string>

namespace sunherd::engine {

/// A reason in words.
struct ReasonText {
    std::string english;
    std::string german;
    std::string next;  ///< what will change it, in English; empty where nothing has to
};

/// The only place where reasons become sentences. circuit: name of the fuse in `reason.circuit`, if it has
/// one.
ReasonText to_text(const Reason& reason, const std::string& circuit);

}  // namespace sunherd::engine
