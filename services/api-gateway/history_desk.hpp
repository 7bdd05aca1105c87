#pragma once

#include "history/reader.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <atomic>
#include <exception>
#include <filesystem>
#include <memory>
#include <thread>

namespace sunherd::api {

/// The ledger's database, read on a thread of its own, so that nobody waits for somebody else's year.
class HistoryDesk {
  public:
    explicit HistoryDesk(std::filesystem::path file);
    ~HistoryDesk();
    HistoryDesk(const HistoryDesk&) = delete;
    HistoryDesk& operator=(const HistoryDesk&) = delete;

    /// Calls `question(reader)` there, and gives its answer where it was asked. The question gives a
    /// `history::Result`; where the database can't be opened it is not called.
    template <class Question>
    auto ask(Question question) {
        using Answer = decltype(question(std::declval<history::Reader&>()));
        return aside(
            [this, question = std::move(question)]() mutable { return answer_to<Answer>(question); });
    }

    /// Does something else there that takes its time, and gives what it gives; what it throws is thrown where
    /// it was asked.
    template <class Work>
    auto aside(Work work) -> boost::asio::awaitable<decltype(work())> {
        using Answer = decltype(work());
        return boost::asio::async_initiate<decltype(boost::asio::use_awaitable),
                                           void(std::exception_ptr, Answer)>(
            [this](auto handler, Work todo) {
                boost::asio::post(io_, [handler = std::move(handler), todo = std::move(todo)]() mutable {
                    Answer answer{};
                    std::exception_ptr thrown;
                    try {
                        answer = todo();
                    } catch (...) {
                        thrown = std::current_exception();
                    }
                    const auto executor = boost::asio::get_associated_executor(handler);
                    boost::asio::post(executor, [handler = std::move(handler), thrown = std::move(thrown),
                                                 answer = std::move(answer)]() mutable {
                        std::move(handler)(std::move(thrown), std::move(answer));
                    });
                });
            },
            boost::asio::use_awaitable, std::move(work));
    }

    /// How often the file was opened: what one connection calls its generations means nothing to another.
    std::int64_t openings() const { return openings_; }

    const std::filesystem::path& file() const { return file_; }

  private:
    template <class Answer, class Question>
    Answer answer_to(Question& question) {
        if (const auto trouble = open()) {
            return tl::unexpected(*trouble);
        }
        Answer answer = question(*reader_);
        if (!answer && answer.error().kind != history::Trouble::Kind::locked) {
            reader_.reset();  // it may be another file by now
        }
        return answer;
    }
    std::optional<history::Trouble> open();

    std::filesystem::path file_;
    std::unique_ptr<history::Reader> reader_;
    std::optional<std::pair<std::uint64_t, std::uint64_t>> opened_;  ///< device and inode of the file
    std::atomic<std::int64_t> openings_ = 0;
    boost::asio::io_context io_{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{io_.get_executor()};
    std::thread thread_;
};

}  // namespace sunherd::api
