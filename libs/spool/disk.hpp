#pragma once

#include "spool/spool.hpp"

#include <filesystem>
#include <string>
#include <string_view>

/// Inside of the library: files, and what can be wrong with them.
namespace sunherd::spool {

/// Closed at the end.
class File {
  public:
    explicit File(int number) : number_(number) {}
    ~File();
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    int number() const { return number_; }

  private:
    int number_;
};

/// Of `errno`: `…/0001.spool: can't be read: Input/output error`.
tl::unexpected<Error> disk_error(const std::string& what, const std::filesystem::path& path);

/// All that is there, from `offset` on, at most so many bytes; how many there were.
tl::expected<std::size_t, Error> read_from(const std::filesystem::path& path, std::uint64_t offset,
                                           char* data, std::uint64_t most);

/// false: `errno` says why not.
bool write_all(int file, std::string_view data);

}  // namespace sunherd::spool
