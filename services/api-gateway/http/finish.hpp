#pragma once

#include "http/message.hpp"

namespace sunherd::web {

/// What every answer needs: security headers, an ETag (and 304 where the client has it), gzip where the
/// client takes it.
void finish(const Request& request, Response& response);

/// Compressed as gzip.
std::string gzip(std::string_view text);
/// Whether `Accept-Encoding` takes gzip.
bool takes_gzip(std::string_view accept_encoding);

}  // namespace sunherd::web
