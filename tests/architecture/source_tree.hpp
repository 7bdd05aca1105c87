#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

/// The project's own files, as text, for rules that a compiler doesn't know.
namespace sunherd::testing {

struct SourceFile {
    std::string path;  ///< from the top of the project: `libs/topics/names.cpp`
    std::string text;

    bool is_cpp() const { return path.ends_with(".cpp") || path.ends_with(".hpp"); }
    /// Tests, wherever they stand.
    bool is_test() const { return path.starts_with("tests/") || path.find("/tests/") != std::string::npos; }
};

std::filesystem::path project_folder();

/// Every text file of the project below 1 MB, without what is built, run or hidden. Sorted by path.
const std::vector<SourceFile>& project_files();

/// String literals of a C++ text with their lines; those in comments and `#include` left out.
struct Literal {
    int line = 0;
    std::string text;
};
std::vector<Literal> string_literals(std::string_view cpp);

}  // namespace sunherd::testing
