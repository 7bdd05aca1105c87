#pragma once

#include "delivery.hpp"

#include <filesystem>

namespace sunherd::influx {

/// The file of lines that the database refused, each below a comment with the time and the server's words; as
/// it is, it can be sent again once the cause is mended. At 10 MiB it becomes `dead-letters.1.lp` and a new
/// one begins.
class DeadLetters {
  public:
    explicit DeadLetters(const std::filesystem::path& directory);

    /// What is in the way, where there is something: then they are lost, and only told.
    std::string add(const std::vector<DeadLetter>& letters, const std::string& time);

  private:
    std::filesystem::path file_;
    std::filesystem::path older_;
};

}  // namespace sunherd::influx
