#include "reign.hpp"

#include "state_file.hpp"

#include <algorithm>
#include <charconv>

namespace sunherd::controller {

NewReign begin_reign(const std::filesystem::path& state_dir, topics::Timestamp utc, std::uint64_t above) {
    const auto file = state_dir / "epoch";
    std::uint64_t last = above;
    if (const auto text = read_state(file)) {
        std::uint64_t stored = 0;
        const auto parsed = std::from_chars(text->data(), text->data() + text->size(), stored);
        last = parsed.ec == std::errc() ? std::max(last, stored) : last;
    }
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(utc.time_since_epoch()).count();
    NewReign reign{
        .epoch = std::max(last + 1, static_cast<std::uint64_t>(std::max<std::int64_t>(0, seconds))),
        .trouble = {}};
    if (const auto written = write_state(file, std::to_string(reign.epoch) + "\n"); !written) {
        reign.trouble = written.error();
    }
    return reign;
}

}  // namespace sunherd::controller
