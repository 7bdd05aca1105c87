#pragma once

#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

namespace sunherd::web {

/// A request as it was read.
using RawRequest = boost::beast::http::request<boost::beast::http::string_body>;

}  // namespace sunherd::web
