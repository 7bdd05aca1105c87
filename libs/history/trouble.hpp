#pragma once

#include <tl/expected.hpp>

#include <string>

/// The past, in SQLite: sessions, prices, energies, events and commands. One process writes (ledger), others
/// read beside it.
namespace sunherd::history {

/// What keeps the database from doing what was asked.
struct Trouble {
    enum class Kind {
        missing,   ///< there is no file (yet)
        locked,    ///< somebody else has it; later
        full,      ///< no room on the disk
        readonly,  ///< no right to write
        damaged,   ///< what is in it can't be believed
        other,
    };
    Kind kind = Kind::other;
    std::string text;
};
template <class T>
using Result = tl::expected<T, Trouble>;

/// Of the exception that is being handled, SQLite's; what was being done comes first.
Trouble trouble_now(const std::string& doing);

/// Does it, and gives what it returns; SQLite's exceptions become values.
template <class F>
auto guarded(const std::string& doing, const F& f) -> Result<decltype(f())> {
    try {
        if constexpr (std::is_void_v<decltype(f())>) {
            f();
            return {};
        } else {
            return f();
        }
    } catch (...) {
        return tl::unexpected(trouble_now(doing));
    }
}

}  // namespace sunherd::history
