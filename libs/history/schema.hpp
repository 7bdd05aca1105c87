#pragma once

namespace SQLite {
class Database;
}

namespace sunherd::history {

/// Of the database as this program writes it.
int newest_version();
/// Of a database; 0: empty.
int version_of(SQLite::Database& database);
/// From any older version to the newest, in one transaction. Throws SQLite's exceptions.
void migrate(SQLite::Database& database);

}  // namespace sunherd::history
