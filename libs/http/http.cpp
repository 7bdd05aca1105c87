#include "http/http.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <atomic>
#include <cctype>
#include <mutex>

namespace sunherd::http {
namespace {

constexpr std::size_t kMostBodyBytes = 64UL * 1024;
constexpr int kLongestWaitMs = 1000;

std::size_t append(char* data, std::size_t size, std::size_t count, void* target) {
    auto& body = *static_cast<std::string*>(target);
    body.append(data, std::min(size * count, kMostBodyBytes - std::min(body.size(), kMostBodyBytes)));
    return size * count;
}

/// Without the query, which may hold secrets.
std::string shown(const std::string& url) {
    return url.substr(0, url.find('?'));
}

}  // namespace

std::string encoded(std::string_view text) {
    static constexpr char kDigits[] = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (std::isalnum(byte) != 0 || c == '-' || c == '_' || c == '.') {
            out += c;
        } else {
            out += {'%', kDigits[byte >> 4U], kDigits[byte & 0xFU]};
        }
    }
    return out;
}

/// A multi handle with one transfer: unlike curl_easy_perform it can be woken from another thread.
struct Client::Impl {
    CURLM* multi = nullptr;
    CURL* curl = nullptr;
    std::atomic<bool> interrupted{false};

    void prepare(const Request& request, curl_slist* headers, std::string& body) const;
    CURLcode perform() const;
};

Client::Client() : impl_(std::make_unique<Impl>()) {
    static std::once_flag once;
    std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
    impl_->multi = curl_multi_init();
    impl_->curl = curl_easy_init();
}

Client::~Client() {
    curl_easy_cleanup(impl_->curl);
    curl_multi_cleanup(impl_->multi);
}

void Client::Impl::prepare(const Request& request, curl_slist* headers, std::string& body) const {
    curl_easy_reset(curl);
    curl_easy_setopt(curl, CURLOPT_URL, request.url.c_str());
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(request.timeout.count()));
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, append);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &body);
    if (request.ca_file) {
        curl_easy_setopt(curl, CURLOPT_CAINFO, request.ca_file->c_str());
    }
    if (request.method != "GET") {
        curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request.method.c_str());
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request.body.c_str());
    }
}

CURLcode Client::Impl::perform() const {
    int running = 1;
    while (running > 0 && !interrupted && curl_multi_perform(multi, &running) == CURLM_OK) {
        if (running > 0) {
            curl_multi_poll(multi, nullptr, 0, kLongestWaitMs, nullptr);
        }
    }
    int left = 0;
    const CURLMsg* message = curl_multi_info_read(multi, &left);
    return message != nullptr && message->msg == CURLMSG_DONE ? message->data.result
                                                              : CURLE_ABORTED_BY_CALLBACK;
}

tl::expected<Response, Error> Client::send(const Request& request) {
    Response response;
    curl_slist* headers = nullptr;
    headers = curl_slist_append(headers, "Expect:");  // else a large body waits for a 100 that few send
    for (const auto& header : request.headers) {
        headers = curl_slist_append(headers, header.c_str());
    }
    impl_->prepare(request, headers, response.body);
    curl_multi_add_handle(impl_->multi, impl_->curl);
    const CURLcode code = impl_->perform();
    curl_multi_remove_handle(impl_->multi, impl_->curl);
    curl_slist_free_all(headers);
    if (code != CURLE_OK) {
        return tl::unexpected(Error{shown(request.url) + ": " + curl_easy_strerror(code)});
    }
    long status = 0;
    curl_easy_getinfo(impl_->curl, CURLINFO_RESPONSE_CODE, &status);
    response.status = static_cast<int>(status);
    curl_off_t retry_after_s = 0;
    curl_easy_getinfo(impl_->curl, CURLINFO_RETRY_AFTER, &retry_after_s);
    if (retry_after_s > 0) {
        response.retry_after = std::chrono::seconds(retry_after_s);
    }
    return response;
}

void Client::interrupt() {
    impl_->interrupted = true;
    curl_multi_wakeup(impl_->multi);
}

}  // namespace sunherd::http
