#include "site/document.hpp"

#include "site/scalar.hpp"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <charconv>
#include <fstream>

namespace sunherd::site {
namespace {

constexpr std::size_t kMaxBytes = 1024 * 1024;
constexpr int kMaxNodes = 20'000;
constexpr int kMaxDepth = 32;

/// yaml-cpp's graph as a tree, each alias unfolded, until it gets too much.
class Unfold {
  public:
    explicit Unfold(Problems& problems) : problems_(problems) {}

    NodePtr take(const YAML::Node& from, const std::string& key, int depth) {
        const int line = from.Mark().line + 1;
        if (++nodes_ > kMaxNodes || depth > kMaxDepth) {
            if (!std::exchange(too_much_, true)) {
                problems_.add(line, "",
                              "too much: more than 20,000 values, or nested deeper than 32; a site file "
                              "needs some hundred (aliases count each time they are used)");
            }
            return std::make_shared<Node>();
        }
        if (from.IsMap() || from.IsSequence()) {
            auto to = std::make_shared<Node>();
            to->line = line;
            from.IsMap() ? take_map(from, *to, key, depth) : take_list(from, *to, key, depth);
            return to;
        }
        const std::string text = from.IsScalar() ? from.Scalar() : "";
        if (has_control_character(text)) {
            problems_.add(line, key, "has control characters; write plain text");
        }
        auto to = make_scalar(from.IsNull() ? "?" : from.Tag(), text, line);
        if (!to) {
            problems_.add(line, key, "has the unknown tag " + in_quotes(from.Tag()) + "; only !secret is known");
            to = std::make_shared<Node>();
        }
        return to;
    }

  private:
    void take_list(const YAML::Node& from, Node& to, const std::string& key, int depth) {
        to.kind = Node::Kind::list;
        for (std::size_t index = 0; index < from.size() && !too_much_; ++index) {
            to.items.push_back(take(from[index], key + "[" + std::to_string(index) + "]", depth + 1));
        }
    }

    void take_map(const YAML::Node& from, Node& to, const std::string& key, int depth) {
        to.kind = Node::Kind::map;
        for (auto entry = from.begin(); entry != from.end() && !too_much_; ++entry) {
            const int line = entry->first.Mark().line + 1;
            if (!entry->first.IsScalar() || has_control_character(entry->first.Scalar())) {
                problems_.add(line, key, "a key must be a plain word");
                continue;
            }
            const std::string& name = entry->first.Scalar();
            const std::string path = key.empty() ? name : key + "." + name;
            if (to.find(name) != nullptr) {
                problems_.add(line, path, "stands here twice; keep one of the two");
                continue;
            }
            to.entries.push_back({name, line, take(entry->second, path, depth + 1)});
        }
    }

    Problems& problems_;
    int nodes_ = 0;
    bool too_much_ = false;
};

}  // namespace

const Node* Node::find(std::string_view key) const {
    const auto found =
        std::find_if(entries.begin(), entries.end(), [&](const Entry& entry) { return entry.key == key; });
    return found == entries.end() ? nullptr : found->value.get();
}

std::optional<std::string> read_bounded(const std::filesystem::path& file, Problems& problems) {
    std::error_code error;
    if (!std::filesystem::is_regular_file(file, error)) {
        problems.add(0, "",
                     std::filesystem::exists(file, error) ? "is no regular file" : "there is no such file");
        return std::nullopt;
    }
    std::ifstream in(file, std::ios::binary);
    std::string bytes(kMaxBytes + 1, '\0');
    in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    if (in.bad() || !in.is_open()) {
        problems.add(0, "", "can't be read; may this account read it?");
        return std::nullopt;
    }
    bytes.resize(static_cast<std::size_t>(in.gcount()));
    return bytes;
}

NodePtr read_document(const std::string& yaml, Problems& problems) {
    if (yaml.size() > kMaxBytes) {
        problems.add(0, "", "is larger than 1 MiB; a site file has some hundred lines");
        return nullptr;
    }
    if (const auto line = line_of_broken_utf8(yaml)) {
        problems.add(*line, "", "is not UTF-8 here; save it as UTF-8");
        return nullptr;
    }
    try {
        const auto documents = YAML::LoadAll(yaml);
        if (documents.size() > 1) {
            problems.add(documents[1].Mark().line + 1, "", "a second document begins here (---); keep one");
        }
        return documents.empty() ? nullptr : Unfold(problems).take(documents.front(), "", 0);
    } catch (const YAML::Exception& error) {
        problems.add(error.mark.line + 1, "",
                     "is no YAML here, column " + std::to_string(error.mark.column + 1) + ": " + error.msg);
        return nullptr;
    }
}

int line_of(const Node& root, std::string_view path) {
    const Node* node = &root;
    int line = root.line;
    while (!path.empty()) {
        const bool index = path.front() == '[';
        const auto end = std::min(path.find_first_of(index ? "]" : ".[", index ? 1 : 0), path.size());
        const std::string_view part = path.substr(index ? 1 : 0, end - (index ? 1 : 0));
        path.remove_prefix(std::min(end + (index ? 1 : 0), path.size()));
        if (!path.empty() && path.front() == '.') {
            path.remove_prefix(1);
        }
        const Node* next = nullptr;
        if (index) {
            std::size_t number = 0;
            std::from_chars(part.data(), part.data() + part.size(), number);
            next = number < node->items.size() ? node->items[number].get() : nullptr;
            line = next != nullptr ? next->line : line;
        } else {
            for (const auto& entry : node->entries) {
                if (entry.key == part) {
                    next = entry.value.get();
                    line = entry.line;
                }
            }
        }
        if (next == nullptr) {
            break;
        }
        node = next;
    }
    return line;
}

}  // namespace sunherd::site
