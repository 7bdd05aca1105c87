#include "http/finish.hpp"

#include <zlib.h>

#include <array>
#include <functional>
#include <stdexcept>

namespace sunherd::web {
namespace {

constexpr int kGzipWindow = 15 + 16;
constexpr int kMemory = 8;
constexpr int kFast = 4;

constexpr std::array<std::pair<const char*, const char*>, 7> kAlways{{
    {"X-Content-Type-Options", "nosniff"},
    {"X-Frame-Options", "DENY"},
    {"Referrer-Policy", "no-referrer"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Permissions-Policy", "camera=(), microphone=(), geolocation=()"},
    {"Content-Security-Policy",
     "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
     "connect-src "
     "'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors "
     "'none'"},
}};

bool has(const Response& response, std::string_view name) {
    for (const auto& [key, value] : response.headers) {
        if (key == name) {
            return true;
        }
    }
    return false;
}

/// Of this process's answers only, so the library's hash will do.
std::string weak_tag(std::string_view body) {
    return "W/\"" + std::to_string(std::hash<std::string_view>{}(body)) + '"';
}

bool names_tag(std::string_view if_none_match, std::string_view tag) {
    return if_none_match == "*" || if_none_match.find(tag) != std::string_view::npos;
}

}  // namespace

std::string gzip(std::string_view text) {
    z_stream stream{};
    if (deflateInit2(&stream, kFast, Z_DEFLATED, kGzipWindow, kMemory, Z_DEFAULT_STRATEGY) != Z_OK) {
        throw std::runtime_error("zlib can't begin");
    }
    std::string out(deflateBound(&stream, text.size()), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));  // zlib does not write there
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    const int result = deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    if (result != Z_STREAM_END) {
        throw std::runtime_error("zlib can't end");
    }
    return out;
}

Ready::Ready(std::string text) : plain_(std::make_shared<const std::string>(std::move(text))) {
    if (auto packed = gzip(*plain_); packed.size() < plain_->size()) {
        packed_ = std::make_shared<const std::string>(std::move(packed));
    }
}

void Ready::give(const Request& request, Response& response) const {
    response.gzipped = packed_ && takes_gzip(request.header("accept-encoding"));
    response.shared_body = response.gzipped ? packed_ : plain_;
}

bool takes_gzip(std::string_view accept_encoding) {
    const auto at = accept_encoding.find("gzip");
    return at != std::string_view::npos && accept_encoding.substr(at).substr(0, 8) != "gzip;q=0";
}

void finish(const Request& request, Response& response) {
    for (const auto& [name, value] : kAlways) {
        response.headers.emplace_back(name, value);
    }
    if (request.secure) {
        response.headers.emplace_back("Strict-Transport-Security", "max-age=31536000");
    }
    if (!has(response, "Cache-Control")) {
        response.headers.emplace_back("Cache-Control", "no-cache");
    }
    if (response.chunks) {
        return;
    }
    const auto& body = response.shared_body ? *response.shared_body : response.body;
    if (response.status == 200 && request.method != "POST") {
        const auto tag = weak_tag(body);
        response.headers.emplace_back("ETag", tag);
        if (names_tag(request.header("if-none-match"), tag)) {
            response.status = 304;
            response.body.clear();
            response.shared_body.reset();
            return;
        }
    }
    if (!response.gzipped && body.size() >= kWorthPacking && response.type != "application/pdf" &&
        takes_gzip(request.header("accept-encoding"))) {
        response.body = gzip(body);
        response.shared_body.reset();
        response.gzipped = true;
    }
    if (response.gzipped) {
        response.headers.emplace_back("Content-Encoding", "gzip");
    }
    response.headers.emplace_back("Vary", "Accept-Encoding");
}

}  // namespace sunherd::web
