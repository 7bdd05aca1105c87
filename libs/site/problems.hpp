#pragma once

#include "site/load.hpp"

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace sunherd::site {

/// Gathers what is wrong, at most 50 problems.
class Problems {
  public:
    explicit Problems(const std::filesystem::path& file) : file_(file.string()) {}

    void add(int line, std::string key, std::string text) {
        add(file_, line, std::move(key), std::move(text));
    }
    void add(const std::string& source, int line, std::string key, std::string text);

    bool none() const { return found_.empty(); }
    /// More would not be shown: no need to look for them.
    bool full() const { return more_; }
    /// Whether something below this top-level key is wrong.
    bool touch(std::string_view section) const;
    /// In the order of lines.
    std::vector<Problem> take() &&;

  private:
    static constexpr std::size_t kMostShown = 50;
    std::string file_;
    std::vector<Problem> found_;
    bool more_ = false;
};

/// Foreign text for a message: in quotes, control characters as `?`, at most 60 bytes.
std::string in_quotes(std::string_view text);

/// `a, b, c`
std::string joined(const std::vector<std::string_view>& words);

/// The known word that is meant most likely, if one is near enough to be a slip of the pen.
std::string_view nearest(std::string_view word, const std::vector<std::string_view>& known);

/// `; did you mean max_current_a?`, or nothing.
std::string suggestion(std::string_view word, const std::vector<std::string_view>& known);

/// 6, 0.1, 16.5
std::string plain(double number);

}  // namespace sunherd::site
