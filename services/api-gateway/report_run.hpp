#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <tl/expected.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace sunherd::api {

/// Runs the program that sets statements, with these arguments, in its own process: it needs fonts and memory
/// that the gateway need not have, for a second. Gives what it writes to its output; an error is its own
/// words. Killed after 30 s.
boost::asio::awaitable<tl::expected<std::string, std::string>> run_report(
    boost::asio::io_context& io, const std::filesystem::path& program,
    const std::vector<std::string>& arguments);

}  // namespace sunherd::api
