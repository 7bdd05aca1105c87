#pragma once

#include "http/message.hpp"

namespace sunherd::web {

/// What every answer needs: security headers, an ETag (and 304 where the client has it), gzip where the
/// client takes it.
void finish(const Request& request, Response& response);

/// Shorter ones fit into a packet anyway.
constexpr std::size_t kWorthPacking = 1024;

/// A body that does not change, packed once.
class Ready {
  public:
    explicit Ready(std::string text);
    /// As the client takes it.
    void give(const Request& request, Response& response) const;

  private:
    std::shared_ptr<const std::string> plain_;
    std::shared_ptr<const std::string> packed_;  ///< where that is shorter
};

/// Compressed as gzip.
std::string gzip(std::string_view text);
/// Whether `Accept-Encoding` takes gzip.
bool takes_gzip(std::string_view accept_encoding);

}  // namespace sunherd::web
