#include "source_tree.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <sstream>

using namespace sunherd::testing;

namespace {

/// Folders that a tree drawn in Markdown names: lines of a fenced block that begin with `name/`, below each
/// other by indentation; several may share a line.
std::vector<std::string> drawn_folders(const std::string& markdown) {
    std::vector<std::string> folders;
    std::vector<std::pair<std::size_t, std::string>> open;  // indentation, path with slash
    bool fenced = false;
    std::istringstream stream(markdown);
    for (std::string line; std::getline(stream, line);) {
        if (line.starts_with("```")) {
            fenced = !fenced;
            open.clear();
            continue;
        }
        const auto indentation = line.find_first_not_of(' ');
        if (!fenced || indentation == std::string::npos) {
            continue;
        }
        while (!open.empty() && open.back().first >= indentation) {
            open.pop_back();
        }
        const std::string parent = open.empty() ? "" : open.back().second;
        std::istringstream words(line);
        bool first = true;
        for (std::string word; words >> word && word.ends_with('/') && word.front() != '/'; first = false) {
            folders.push_back(parent + word);
            if (first) {
                open.emplace_back(indentation, parent + word);
            }
        }
    }
    return folders;
}

}  // namespace

TEST_CASE("a drawn tree is understood") {
    CHECK(drawn_folders(
              "no/ tree\n```\nstart  test\nlibs/\n  topics/   the contract\n  bus/\nservices/\n  a/  b/\n"
              "     main.cpp/x\ntests/  c/\n```\nafter/\n") ==
          std::vector<std::string>{"libs/", "libs/topics/", "libs/bus/", "services/", "services/a/",
                                   "services/b/", "tests/", "c/"});
}

TEST_CASE("the folders that README.md draws are there") {
    const auto readme = std::ranges::find(project_files(), "README.md", &SourceFile::path);
    if (readme == project_files().end()) {
        WARN("README.md is not there: its tree is not tested");
        return;
    }
    const auto folders = drawn_folders(readme->text);
    INFO("README.md draws the folders in a fenced block");
    CHECK_FALSE(folders.empty());
    for (const auto& folder : folders) {
        INFO(folder);
        CHECK(std::filesystem::is_directory(project_folder() / folder));
    }
}
