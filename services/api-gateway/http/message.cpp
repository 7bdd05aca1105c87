#include "http/message.hpp"

#include <nlohmann/json.hpp>

#include <array>

namespace sunherd::web {

std::string_view Request::header(std::string_view name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? std::string_view{} : std::string_view(found->second);
}

std::optional<std::string> Request::param(const std::string& name) const {
    const auto found = query.find(name);
    return found == query.end() ? std::nullopt : std::optional(found->second);
}

std::string_view name_of_status(int status) {
    using namespace std::string_view_literals;
    static constexpr std::array kNames{std::pair{400, "Bad Request"sv},
                                       std::pair{401, "Unauthorized"sv},
                                       std::pair{403, "Forbidden"sv},
                                       std::pair{404, "Not Found"sv},
                                       std::pair{405, "Method Not Allowed"sv},
                                       std::pair{408, "Request Timeout"sv},
                                       std::pair{409, "Conflict"sv},
                                       std::pair{413, "Content Too Large"sv},
                                       std::pair{414, "URI Too Long"sv},
                                       std::pair{415, "Unsupported Media Type"sv},
                                       std::pair{421, "Misdirected Request"sv},
                                       std::pair{422, "Unprocessable Content"sv},
                                       std::pair{426, "Upgrade Required"sv},
                                       std::pair{429, "Too Many Requests"sv},
                                       std::pair{431, "Request Header Fields Too Large"sv},
                                       std::pair{500, "Internal Server Error"sv},
                                       std::pair{501, "Not Implemented"sv},
                                       std::pair{503, "Service Unavailable"sv},
                                       std::pair{504, "Gateway Timeout"sv}};
    for (const auto& [code, name] : kNames) {
        if (code == status) {
            return name;
        }
    }
    return "Error";
}

std::string json_text(std::string_view text) {
    return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

Response problem(int status, const std::string& detail) {
    return {.status = status,
            .type = "application/problem+json",
            .body = R"({"type":"about:blank","title":)" + json_text(name_of_status(status)) +
                    ",\"status\":" + std::to_string(status) + ",\"detail\":" + json_text(detail) + "}"};
}

}  // namespace sunherd::web
