#include "dead_letters.hpp"

#include "line_text.hpp"

#include <algorithm>
#include <fstream>

namespace sunherd::influx {
namespace {

constexpr std::uintmax_t kMostBytes = 10U << 20;

/// Server's words on one line.
std::string on_one_line(std::string text) {
    std::ranges::replace_if(text, is_control, ' ');
    return text;
}

}  // namespace

DeadLetters::DeadLetters(const std::filesystem::path& directory)
    : file_(directory / "dead-letters.lp"), older_(directory / "dead-letters.1.lp") {}

std::string DeadLetters::add(const std::vector<DeadLetter>& letters, const std::string& time) {
    std::error_code none_yet;
    if (const auto bytes = std::filesystem::file_size(file_, none_yet); !none_yet && bytes > kMostBytes) {
        std::filesystem::rename(file_, older_, none_yet);
    }
    std::ofstream out(file_, std::ios::app);
    for (const auto& letter : letters) {
        out << "# " << time << ' ' << on_one_line(letter.why) << '\n' << letter.line;
    }
    out.close();
    return out ? std::string() : file_.string() + " can't be written";
}

}  // namespace sunherd::influx
