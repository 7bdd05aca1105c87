#pragma once

#include "database.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace sunherd::influx {

/// Lines one behind the other, each with its end.
struct Lines {
    std::string text;
    std::vector<std::size_t> ends;  ///< of each line, behind its `\n`

    std::size_t count() const { return ends.size(); }
    std::size_t begin_of(std::size_t line) const { return line == 0 ? 0 : ends[line - 1]; }
    std::string_view range(std::size_t first, std::size_t last) const {
        return std::string_view(text).substr(begin_of(first), begin_of(last) - begin_of(first));
    }
    void clear() {
        text.clear();
        ends.clear();
    }
};

/// A line that the database will never take.
struct DeadLetter {
    std::string line;
    std::string why;
};

struct Outcome {
    bool done = false;  ///< nothing of the batch is left to do
    std::uint64_t written = 0;
    std::uint64_t left_out = 0;  ///< by a partial write
    std::vector<DeadLetter> dead{};
    Answer trouble{};  ///< the last answer that was none of `stored`; its text is empty if there was none
};

/// Brings one batch to the database, and finds the lines it refuses by halves. Pure but for `write`.
///
/// A 500 can mean the server or a line. Where the same batch fails again and again (`suspicious`), it is
/// halved like a refused one; a line that fails alone, and again at the end, while another one of the batch
/// was stored, is poison. Where none was stored it is the server, and all of it is for later.
class Delivery {
  public:
    using Write = std::function<Answer(std::string_view lines)>;
    explicit Delivery(Write write) : write_(std::move(write)) {}

    Outcome deliver(const Lines& lines, bool suspicious);

  private:
    struct Range {
        std::size_t first = 0;
        std::size_t last = 0;
    };
    enum class Verdict { go_on, stop };

    Verdict settle(const Lines& lines, Range range, bool suspicious, Outcome& outcome);
    Verdict settle_suspects(const Lines& lines, Outcome& outcome);

    Write write_;
    std::vector<Range> open_;      ///< what is left, the last one first
    std::vector<Range> suspects_;  ///< single lines that failed
};

}  // namespace sunherd::influx
