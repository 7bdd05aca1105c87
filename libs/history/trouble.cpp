#include "history/trouble.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <sqlite3.h>

namespace sunherd::history {
namespace {

Trouble::Kind kind_of(int code) {
    switch (code) {
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return Trouble::Kind::locked;
        case SQLITE_FULL:
            return Trouble::Kind::full;
        case SQLITE_READONLY:
        case SQLITE_PERM:
            return Trouble::Kind::readonly;
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
            return Trouble::Kind::damaged;
        case SQLITE_CANTOPEN:
            return Trouble::Kind::missing;
        default:
            return Trouble::Kind::other;
    }
}

}  // namespace

Trouble trouble_now(const std::string& doing) {
    try {
        throw;
    } catch (const SQLite::Exception& error) {
        return {kind_of(error.getErrorCode()), doing + ": " + error.what()};
    } catch (const std::exception& error) {
        return {Trouble::Kind::other, doing + ": " + error.what()};
    }
}

}  // namespace sunherd::history
