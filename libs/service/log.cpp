#include "service/log.hpp"

#include "service/service.hpp"
#include "topics/timestamp.hpp"

#include <nlohmann/json.hpp>
#include <spdlog/async.h>
#include <spdlog/async_logger.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>

namespace sunherd::service {
namespace {

constexpr std::size_t kMaxWaitingLines = 512;

std::string time_of(const spdlog::details::log_msg& line) {
    return topics::to_rfc3339(std::chrono::floor<std::chrono::milliseconds>(line.time));
}

std::string_view view(spdlog::string_view_t text) {
    return {text.data(), text.size()};
}

class TextLines final : public spdlog::formatter {
  public:
    void format(const spdlog::details::log_msg& line, spdlog::memory_buf_t& out) override {
        std::string text = time_of(line) + ' ';
        text += view(spdlog::level::to_string_view(line.level));
        text += ' ';
        text += view(line.logger_name);
        text += ": ";
        text += view(line.payload);
        std::ranges::replace_if(
            text, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; }, ' ');
        text += '\n';
        out.append(text.data(), text.data() + text.size());
    }
    std::unique_ptr<spdlog::formatter> clone() const override { return std::make_unique<TextLines>(); }
};

class JsonLines final : public spdlog::formatter {
  public:
    void format(const spdlog::details::log_msg& line, spdlog::memory_buf_t& out) override {
        const nlohmann::ordered_json json{{"time", time_of(line)},
                                          {"level", view(spdlog::level::to_string_view(line.level))},
                                          {"service", view(line.logger_name)},
                                          {"text", view(line.payload)}};
        const auto text = json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + '\n';
        out.append(text.data(), text.data() + text.size());
    }
    std::unique_ptr<spdlog::formatter> clone() const override { return std::make_unique<JsonLines>(); }
};

}  // namespace

Log::Log(const std::string& service, const std::string& format, const std::string& level) {
    spdlog::init_thread_pool(kMaxWaitingLines, 1);
    auto sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
    if (format == "json") {
        sink->set_formatter(std::make_unique<JsonLines>());
    } else {
        sink->set_formatter(std::make_unique<TextLines>());
    }
    auto logger = std::make_shared<spdlog::async_logger>(service, std::move(sink), spdlog::thread_pool(),
                                                         spdlog::async_overflow_policy::overrun_oldest);
    logger->set_level(spdlog::level::from_str(level));
    spdlog::set_default_logger(std::move(logger));
}

Log::~Log() {
    spdlog::shutdown();
}

}  // namespace sunherd::service
