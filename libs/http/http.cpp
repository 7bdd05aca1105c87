#include "http/http.hpp"

#include <curl/curl.h>

#include <atomic>
#include <mutex>

namespace sunherd::http {
namespace {

constexpr std::size_t kMostBodyBytes = 64 * 1024;

std::size_t append(char* data, std::size_t size, std::size_t count, void* target) {
    auto& body = *static_cast<std::string*>(target);
    body.append(data, std::min(size * count, kMostBodyBytes - std::min(body.size(), kMostBodyBytes)));
    return size * count;
}

int keep_going(void* interrupted, curl_off_t /*down_total*/, curl_off_t /*down*/, curl_off_t /*up_total*/,
               curl_off_t /*up*/) {
    return static_cast<std::atomic<bool>*>(interrupted)->load() ? 1 : 0;
}

/// Without the query, which may hold secrets.
std::string shown(const std::string& url) {
    return url.substr(0, url.find('?'));
}

}  // namespace

struct Client::Impl {
    CURL* curl = nullptr;
    std::atomic<bool> interrupted{false};
};

Client::Client() : impl_(std::make_unique<Impl>()) {
    static std::once_flag once;
    std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
    impl_->curl = curl_easy_init();
}

Client::~Client() {
    curl_easy_cleanup(impl_->curl);
}

tl::expected<Response, Error> Client::send(const Request& request) {
    CURL* curl = impl_->curl;
    curl_easy_reset(curl);
    Response response;
    curl_slist* headers = nullptr;
    for (const auto& header : request.headers) {
        headers = curl_slist_append(headers, header.c_str());
    }
    curl_easy_setopt(curl, CURLOPT_URL, request.url.c_str());
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(request.timeout.count()));
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, append);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &response.body);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, keep_going);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &impl_->interrupted);
    if (request.method != "GET") {
        curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request.method.c_str());
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request.body.c_str());
    }
    const CURLcode code = impl_->interrupted ? CURLE_ABORTED_BY_CALLBACK : curl_easy_perform(curl);
    curl_slist_free_all(headers);
    if (code != CURLE_OK) {
        return tl::unexpected(Error{shown(request.url) + ": " + curl_easy_strerror(code)});
    }
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    response.status = static_cast<int>(status);
    return response;
}

void Client::interrupt() {
    impl_->interrupted = true;
}

}  // namespace sunherd::http
