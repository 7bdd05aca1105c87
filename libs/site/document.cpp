#include "site/document.hpp"

#include "site/scalar.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <map>
#include <sstream>

namespace sunherd::site {
namespace {

/// yaml-cpp keeps every token after a `[` until it knows whether a key ends there: 1 MiB of `[` took it 230
/// MB.
constexpr std::size_t kMostBytes = std::size_t{128} * 1024;
constexpr std::size_t kMostNodes = 20000;
constexpr std::size_t kDeepest = 32;
constexpr std::size_t kLongestKey = 64;

/// Ends the reading of a document at once.
struct Refused {
    int line;
    std::string key;
    std::string text;
};

/// Builds the tree from yaml-cpp's events, so that what is too much is never built.
class TreeBuilder : public YAML::EventHandler {
  public:
    explicit TreeBuilder(Problems& problems) : problems_(problems) {}

    ValuePtr root() const { return root_; }

    void OnDocumentStart(const YAML::Mark& mark) override {
        if (root_) {
            throw Refused{line(mark), "", "a second document begins here (---); keep one"};
        }
    }
    void OnDocumentEnd() override {}

    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        add(make_scalar("?", "", line(mark)), anchor);
    }

    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& value) override {
        const auto node = make_scalar(tag, value, line(mark));
        if (!node) {
            throw Refused{line(mark), path(), "unknown tag " + in_quotes(tag) + "; only !secret is known"};
        }
        if (has_control_character(value)) {
            throw Refused{line(mark), path(), "holds a control character; write plain text on one line"};
        }
        add(node, anchor);
    }

    void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        const auto known = anchors_.find(anchor);
        if (known == anchors_.end()) {
            throw Refused{line(mark), path(), "an alias inside of what it stands for"};
        }
        count(known->second->size, line(mark));
        attach(known->second, line(mark));
    }

    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value /*style*/) override {
        open(Value::Kind::list, line(mark), tag, anchor);
    }
    void OnSequenceEnd() override { close(); }
    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value /*style*/) override {
        open(Value::Kind::map, line(mark), tag, anchor);
    }
    void OnMapEnd() override { close(); }

  private:
    struct Level {
        ValuePtr node;
        YAML::anchor_t anchor = 0;
        std::optional<Entry> pending;            ///< of a map: the key whose value comes next
        std::map<std::string, int> first_lines;  ///< of a map: its keys so far
    };

    static int line(const YAML::Mark& mark) { return mark.line + 1; }

    void open(Value::Kind kind, int at, const std::string& tag, YAML::anchor_t anchor) {
        if (tag == "!secret") {
            throw Refused{at, path(), "!secret wants a name, e.g. !secret mqtt_password"};
        }
        if (levels_.size() == kDeepest) {
            throw Refused{at, "", "nested deeper than " + std::to_string(kDeepest) + " levels"};
        }
        count(1, at);
        auto node = std::make_shared<Value>();
        node->kind = kind;
        node->line = at;
        levels_.push_back({node, anchor, std::nullopt, {}});
    }

    void close() {
        const Level level = std::move(levels_.back());
        levels_.pop_back();
        if (level.anchor != 0) {
            anchors_[level.anchor] = level.node;
        }
        attach(level.node, level.node->line);
    }

    void add(const ValuePtr& node, YAML::anchor_t anchor) {
        count(1, node->line);
        if (anchor != 0) {
            anchors_[anchor] = node;
        }
        attach(node, node->line);
    }

    void attach(const ValuePtr& node, int at) {
        if (levels_.empty()) {
            root_ = node;
            return;
        }
        Level& level = levels_.back();
        if (level.node->kind == Value::Kind::list) {
            level.node->items.push_back(node);
            level.node->size += node->size;
        } else if (!level.pending) {
            begin_entry(level, *node, at);
        } else {
            level.pending->value = node;
            level.node->entries.push_back(std::move(*level.pending));
            level.pending.reset();
            level.node->size += node->size;
        }
    }

    void begin_entry(Level& level, const Value& key, int at) {
        const bool word = key.kind != Value::Kind::map && key.kind != Value::Kind::list &&
                          key.kind != Value::Kind::secret && key.text.size() <= kLongestKey;
        if (!word) {
            throw Refused{at, path(), "a key must be a plain word"};
        }
        const std::string around = path();
        level.pending = Entry{key.text, at, nullptr};
        const auto [first, is_new] = level.first_lines.try_emplace(key.text, at);
        if (!is_new) {
            problems_.add(at, around.empty() ? key.text : around + "." + key.text,
                          "stands twice; the first is in line " + std::to_string(first->second));
        }
    }

    void count(std::size_t nodes, int at) {
        nodes_ += nodes;
        if (nodes_ > kMostNodes) {
            throw Refused{at, "",
                          "more than " + std::to_string(kMostNodes) +
                              " values (aliases unfolded); a site file has some hundred"};
        }
    }

    std::string path() const {
        std::string text;
        for (const auto& level : levels_) {
            if (level.node->kind == Value::Kind::list) {
                text += "[" + std::to_string(level.node->items.size()) + "]";
            } else if (level.pending) {
                text += (text.empty() ? "" : ".") + level.pending->key;
            }
        }
        return text;
    }

    Problems& problems_;
    ValuePtr root_;
    std::vector<Level> levels_;
    std::map<YAML::anchor_t, ValuePtr> anchors_;
    std::size_t nodes_ = 0;
};

}  // namespace

const Value* Value::find(std::string_view key) const {
    const auto found =
        std::find_if(entries.begin(), entries.end(), [&](const Entry& entry) { return entry.key == key; });
    return found == entries.end() ? nullptr : found->value.get();
}

std::optional<std::string> read_bounded(const std::filesystem::path& file, Problems& problems) {
    std::error_code error;
    if (!std::filesystem::exists(file, error)) {
        problems.add(0, "", "there is no such file");
        return std::nullopt;
    }
    if (std::filesystem::is_directory(file, error)) {
        problems.add(0, "", "is a directory; name the file in it");
        return std::nullopt;
    }
    std::ifstream in(file, std::ios::binary);
    std::string bytes(kMostBytes + 1, '\0');
    in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    if (!in.is_open() || in.bad()) {
        problems.add(0, "", "can't be read; may this account read it?");
        return std::nullopt;
    }
    bytes.resize(static_cast<std::size_t>(in.gcount()));
    return bytes;
}

ValuePtr read_document(const std::string& yaml, Problems& problems) {
    if (yaml.size() > kMostBytes) {
        problems.add(0, "", "is larger than 128 KiB; a site file has some kilobytes. Is it the right file?");
        return nullptr;
    }
    if (const auto line = line_of_broken_utf8(yaml)) {
        problems.add(*line, "", "is not UTF-8 here; save it as UTF-8");
        return nullptr;
    }
    TreeBuilder builder(problems);
    try {
        std::istringstream stream(yaml);
        YAML::Parser parser(stream);
        while (parser.HandleNextDocument(builder)) {
        }
    } catch (const Refused& refused) {
        problems.add(refused.line, refused.key, refused.text);
        return nullptr;
    } catch (const YAML::Exception& error) {
        problems.add(error.mark.line + 1, "",
                     "is not YAML at column " + std::to_string(error.mark.column + 1) + ": " + error.msg);
        return nullptr;
    }
    return builder.root();
}

int line_of(const Value& root, std::string_view path) {
    const Value* node = &root;
    int line = root.line;
    while (!path.empty()) {
        if (path.front() == '[') {
            std::size_t index = 0;
            std::from_chars(path.data() + 1, path.data() + path.size(), index);
            path.remove_prefix(std::min(path.find(']'), path.size() - 1) + 1);
            if (index >= node->items.size()) {
                break;
            }
            node = node->items[index].get();
            line = node->line;
            continue;
        }
        path.remove_prefix(path.front() == '.' ? 1 : 0);
        const auto word = path.substr(0, path.find_first_of(".["));
        path.remove_prefix(word.size());
        const auto entry = std::find_if(node->entries.begin(), node->entries.end(),
                                        [&](const Entry& candidate) { return candidate.key == word; });
        if (entry == node->entries.end()) {
            break;
        }
        node = entry->value.get();
        line = entry->line;
    }
    return line;
}

}  // namespace sunherd::site
