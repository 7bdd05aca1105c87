#pragma once

#include <array>

/// Inside of the codec: what its writer and its reader share.
namespace sunherd::topics {

inline constexpr std::array kPhaseNames{"L1", "L2", "L3"};

/// Stands for any visitor of `describe`.
struct NullVisitor {
    template <class T>
    void operator()(const char*, T&) {}
};
/// A struct whose `describe` names its fields: an object in JSON.
template <class T>
concept Described = requires(T& m, NullVisitor& visitor) {
    T::describe(m, visitor);
};

}  // namespace sunherd::topics
