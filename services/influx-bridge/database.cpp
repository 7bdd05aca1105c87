#include "database.hpp"

#include <libdeflate.h>

#include <charconv>

namespace sunherd::influx {
namespace {

constexpr std::size_t kShownBytes = 500;
constexpr int kFastest = 1;  // our lines shrink to a tenth even so

/// `… partial write: field type conflict: … dropped=3`
std::uint64_t dropped_of(std::string_view body) {
    constexpr std::string_view kWord = "dropped=";
    std::uint64_t count = 1;
    if (const auto at = body.find(kWord); at != std::string_view::npos) {
        std::from_chars(body.data() + at + kWord.size(), body.data() + body.size(), count);
    }
    return count;
}

Answer::Kind kind_of(const http::Response& response) {
    using enum Answer::Kind;
    const bool says_partial = response.body.find("partial write") != std::string::npos;
    switch (response.status) {
        case 400:  // InfluxDB 1.8 says 400 where 2 says 422
            return says_partial ? partial : refused;
        case 413:
            return refused;
        case 422:
            return partial;
        case 500:
            return failing;
        default:
            return response.status >= 200 && response.status < 300 ? stored : passing;
    }
}

}  // namespace

struct Database::Gzip {
    libdeflate_compressor* compressor = libdeflate_alloc_compressor(kFastest);
    ~Gzip() { libdeflate_free_compressor(compressor); }
    Gzip() = default;
    Gzip(const Gzip&) = delete;
    Gzip& operator=(const Gzip&) = delete;

    void pack(std::string_view text, std::string& out) const {
        out.resize(libdeflate_gzip_compress_bound(compressor, text.size()));
        out.resize(libdeflate_gzip_compress(compressor, text.data(), text.size(), out.data(), out.size()));
    }
};

Database::Database(site::Influx target) : gzip_(std::make_unique<Gzip>()) {
    request_.method = "POST";
    request_.url = target.url + "/api/v2/write?org=" + http::encoded(target.org) +
                   "&bucket=" + http::encoded(target.bucket) + "&precision=ms";
    request_.headers = {"Content-Type: text/plain; charset=utf-8", "Content-Encoding: gzip"};
    if (target.token) {
        request_.headers.push_back("Authorization: Token " + *target.token);
    }
    request_.ca_file = target.ca_file;
}

Database::~Database() = default;

Answer Database::write(std::string_view lines) {
    gzip_->pack(lines, request_.body);
    const auto response = http_.send(request_);
    if (!response) {
        return {.kind = Answer::Kind::passing, .silent = true, .text = response.error().text};
    }
    Answer answer{.kind = kind_of(*response), .retry_after = response->retry_after};
    if (answer.kind != Answer::Kind::stored) {
        answer.text = "InfluxDB answered " + std::to_string(response->status) + ": " +
                      response->body.substr(0, kShownBytes);
    }
    if (answer.kind == Answer::Kind::partial) {
        answer.left_out = dropped_of(response->body);
    }
    return answer;
}

}  // namespace sunherd::influx
