#include "http/finish.hpp"
#include "parts.hpp"

#include <fstream>
#include <iterator>

namespace sunherd::api {
namespace {

namespace net = boost::asio;
namespace fs = std::filesystem;
using web::Request;
using web::Response;

constexpr std::size_t kMostFiles = 200;

struct File {
    web::Ready content;
    std::string type;
    bool for_ever = false;  ///< its name changes with its content
};

std::string type_of(const fs::path& file) {
    static const std::map<std::string, std::string> types{{".html", "text/html; charset=utf-8"},
                                                          {".js", "text/javascript; charset=utf-8"},
                                                          {".css", "text/css; charset=utf-8"},
                                                          {".svg", "image/svg+xml"},
                                                          {".png", "image/png"},
                                                          {".json", "application/json"},
                                                          {".webmanifest", "application/manifest+json"},
                                                          {".woff2", "font/woff2"}};
    const auto found = types.find(file.extension().string());
    return found == types.end() ? "application/octet-stream" : found->second;
}

/// All of the page, read once: nothing a request says is ever a file's name.
std::map<std::string, File> read_page(const fs::path& folder) {
    std::map<std::string, File> files;
    std::error_code error;
    for (const auto& entry : fs::recursive_directory_iterator(folder, error)) {
        if (!entry.is_regular_file() || files.size() >= kMostFiles) {
            continue;
        }
        std::ifstream in(entry.path(), std::ios::binary);
        const auto path = "/" + entry.path().lexically_relative(folder).generic_string();
        files.emplace(path, File{.content = web::Ready({std::istreambuf_iterator<char>(in), {}}),
                                 .type = type_of(entry.path()),
                                 .for_ever = path.starts_with("/assets/")});
    }
    return files;
}

Response missing_page() {
    return {
        .status = 503,
        .type = "text/html; charset=utf-8",
        .body =
            "<!doctype html><html lang=\"en\"><title>Sunherd</title><h1>The page is not built</h1>"
            "<p>It needs npm (Debian: <code>apt-get install npm</code>), then <code>./start --build</code>. "
            "Everything else works: see <a href=\"openapi.json\">the API</a>.</p></html>"};
}

Response answer(const std::map<std::string, File>& files, const Request& request) {
    const bool asks_for_page =
        request.path.find('.') == std::string::npos && !request.path.starts_with("/api/");
    auto found = files.find(asks_for_page ? "/index.html" : request.path);
    if (files.empty() && asks_for_page) {
        return missing_page();
    }
    if (found == files.end()) {
        return web::problem(404, "there is no " + request.path.substr(0, 200));
    }
    const auto& file = found->second;
    Response response{.type = file.type};
    response.headers.emplace_back("Cache-Control",
                                  file.for_ever ? "public, max-age=31536000, immutable" : "no-cache");
    file.content.give(request, response);
    return response;
}

}  // namespace

void add_page(web::Router& router, Parts& parts) {
    const auto files = std::make_shared<const std::map<std::string, File>>(read_page(parts.page));
    router.otherwise(
        [files](const Request& request) -> net::awaitable<Response> { co_return answer(*files, request); });
}

}  // namespace sunherd::api
