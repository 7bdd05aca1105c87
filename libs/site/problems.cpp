#include "site/problems.hpp"

#include <algorithm>
#include <cstdio>

namespace sunherd::site {
namespace {

/// Longer words are no slip of the pen, and comparing them would take its time.
constexpr std::size_t kLongestCompared = 64;

/// How many letters to change, add, drop or swap with their neighbour.
std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::vector<std::size_t>> d(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
    for (std::size_t i = 0; i <= a.size(); ++i) {
        for (std::size_t j = 0; j <= b.size(); ++j) {
            if (i == 0 || j == 0) {
                d[i][j] = i + j;
                continue;
            }
            d[i][j] = std::min(
                {d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0U : 1U)});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
            }
        }
    }
    return d[a.size()][b.size()];
}

}  // namespace

std::string to_string(const Problem& problem) {
    std::string text = problem.file;
    if (problem.line > 0) {
        text += ":" + std::to_string(problem.line);
    }
    if (!problem.key.empty()) {
        text += ": " + problem.key;
    }
    return text + ": " + problem.text;
}

void Problems::add(const std::string& source, int line, std::string key, std::string text) {
    if (found_.size() < kMostShown) {
        found_.push_back({source, line, std::move(key), std::move(text)});
    } else {
        more_ = true;
    }
}

bool Problems::touch(std::string_view section) const {
    return std::any_of(found_.begin(), found_.end(), [&](const Problem& problem) {
        const std::string_view key = problem.key;
        return key.substr(0, key.find_first_of(".[")) == section;
    });
}

std::vector<Problem> Problems::take() && {
    std::stable_sort(found_.begin(), found_.end(),
                     [](const Problem& a, const Problem& b) { return a.line < b.line; });
    if (more_) {
        found_.push_back({file_, 0, "", "and there are more problems; these are the first"});
    }
    return std::move(found_);
}

std::string in_quotes(std::string_view text) {
    constexpr std::size_t kMostShown = 60;
    const bool cut = text.size() > kMostShown;
    std::string shown(text.substr(0, kMostShown));
    std::replace_if(
        shown.begin(), shown.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; },
        '?');
    while (cut && !shown.empty() && (static_cast<unsigned char>(shown.back()) & 0x80U) != 0) {
        shown.pop_back();  // rather too short than half a character
    }
    return "\"" + shown + (cut ? "…\"" : "\"");
}

std::string joined(const std::vector<std::string_view>& words) {
    std::string text;
    for (const auto word : words) {
        text.append(text.empty() ? "" : ", ").append(word);
    }
    return text;
}

std::string_view nearest(std::string_view word, const std::vector<std::string_view>& known) {
    if (word.size() > kLongestCompared) {
        return {};
    }
    std::string_view best;
    std::size_t least = (word.size() + 2) / 3 + 1;
    for (const auto candidate : known) {
        if (candidate.size() > kLongestCompared) {
            continue;
        }
        const std::size_t distance = edit_distance(word, candidate);
        if (distance < least) {
            least = distance;
            best = candidate;
        }
    }
    return best;
}

std::string suggestion(std::string_view word, const std::vector<std::string_view>& known) {
    const auto meant = nearest(word, known);
    return meant.empty() ? "" : "; did you mean " + std::string(meant) + "?";
}

std::string plain(double number) {
    char text[32];
    std::snprintf(text, sizeof text, "%.10g", number);
    return text;
}

}  // namespace sunherd::site
