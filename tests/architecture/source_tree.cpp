#include "source_tree.hpp"

#include <algorithm>
#include <fstream>
#include <optional>
#include <sstream>

namespace sunherd::testing {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t kLargestText = 1'000'000;

/// Top folders of what builds and runs, and everything hidden except the hidden files at the top.
bool is_foreign(const fs::path& relative) {
    const auto name = relative.filename().string();
    return relative == "build" || (name.starts_with('.') && name != ".ci");
}

std::string text_of(const fs::path& file) {
    std::ifstream stream(file, std::ios::binary);
    std::ostringstream text;
    text << stream.rdbuf();
    return text.str();
}

std::vector<SourceFile> read_files() {
    std::vector<SourceFile> files;
    for (auto entry = fs::recursive_directory_iterator(project_folder()); entry != fs::end(entry); ++entry) {
        const auto relative = fs::relative(entry->path(), project_folder());
        if (entry->is_directory() && is_foreign(relative)) {
            entry.disable_recursion_pending();
        } else if (entry->is_regular_file() && entry->file_size() < kLargestText) {
            auto text = text_of(entry->path());
            if (text.find('\0') == std::string::npos) {
                files.push_back({.path = relative.string(), .text = std::move(text)});
            }
        }
    }
    std::ranges::sort(files, {}, &SourceFile::path);
    return files;
}

/// Length of the text up to and with `end`; all of it where there is none.
std::size_t up_to(std::string_view text, std::string_view end, std::size_t from) {
    const auto found = text.find(end, from);
    return found == std::string_view::npos ? text.size() : found + end.size();
}

std::size_t quoted_length(std::string_view text) {
    std::size_t at = 1;
    while (at < text.size() && text[at] != text[0]) {
        at += text[at] == '\\' ? 2 : 1;
    }
    return std::min(at + 1, text.size());
}

/// Length of the comment, include, string or character that the text begins with; 1 for anything else.
std::size_t token_length(std::string_view text) {
    if (text.starts_with("//") || text.starts_with("#include")) {
        return up_to(text, "\n", 0);
    }
    if (text.starts_with("/*")) {
        return up_to(text, "*/", 2);
    }
    if (text.starts_with("R\"")) {
        const auto delimiter = text.substr(2, text.find('(') - 2);
        return up_to(text, ")" + std::string(delimiter) + "\"", 2);
    }
    // A digit before it makes a quote a separator (10'000), not a character.
    if (text.front() >= '0' && text.front() <= '9' && text.substr(1).starts_with('\'')) {
        return 2;
    }
    return text.starts_with('"') || text.starts_with('\'') ? quoted_length(text) : 1;
}

/// What stands between the quotes, if the token is a string.
std::optional<std::string_view> literal_body(std::string_view token) {
    if (token.starts_with("R\"")) {
        const auto begin = token.find('(') + 1;
        return token.substr(begin, token.rfind(')') - begin);
    }
    if (token.size() >= 2 && token.front() == '"') {
        return token.substr(1, token.size() - 2);
    }
    return std::nullopt;
}

}  // namespace

fs::path project_folder() {
    return SUNHERD_SOURCE_DIR;
}

const std::vector<SourceFile>& project_files() {
    static const auto files = read_files();
    return files;
}

std::vector<Literal> string_literals(std::string_view cpp) {
    std::vector<Literal> literals;
    for (std::size_t at = 0; at < cpp.size();) {
        const auto rest = cpp.substr(at);
        const auto end = at + token_length(rest);
        if (const auto body = literal_body(cpp.substr(at, end - at))) {
            const auto line =
                1 + std::count(cpp.begin(), cpp.begin() + static_cast<std::ptrdiff_t>(at), '\n');
            literals.push_back({.line = static_cast<int>(line), .text = std::string(*body)});
        }
        at = end;
    }
    return literals;
}

}  // namespace sunherd::testing
