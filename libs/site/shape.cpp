#include "site/shape.hpp"

#include "site/schema_text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <map>
#include <regex>

namespace sunherd::site {
namespace {

using nlohmann::json;

std::string_view kind_word(Value::Kind kind) {
    switch (kind) {
        case Value::Kind::none:
            return "empty";
        case Value::Kind::boolean:
            return "true or false";
        case Value::Kind::number:
            return "a number";
        case Value::Kind::text:
            return "text";
        case Value::Kind::list:
            return "a list";
        case Value::Kind::map:
            return "a group of keys";
        case Value::Kind::secret:
            return "a secret";
    }
    return "?";
}

std::string_view type_word(std::string_view type) {
    static const std::map<std::string_view, std::string_view> words{
        {"object", "a group of keys"}, {"array", "a list"},           {"string", "text"},
        {"number", "a number"},        {"integer", "a whole number"}, {"boolean", "true or false"}};
    return words.at(type);
}

bool has_type(const Value& node, std::string_view type) {
    switch (node.kind) {
        case Value::Kind::map:
            return type == "object";
        case Value::Kind::list:
            return type == "array";
        case Value::Kind::text:
            return type == "string";
        case Value::Kind::boolean:
            return type == "boolean";
        case Value::Kind::number:
            return type == "number" || (type == "integer" && std::trunc(node.number) == node.number);
        case Value::Kind::none:
        case Value::Kind::secret:
            return false;
    }
    return false;
}

/// Characters, not bytes.
std::size_t utf8_size(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::string below(std::string key, const std::string& name) {
    key.append(key.empty() ? "" : ".").append(name);
    return key;
}

/// One walk over the tree and the schema side by side.
class Shape {
  public:
    explicit Shape(Problems& problems) : problems_(problems) {}

    void check(const Value& node, const json& rule, const std::string& key, int line) {
        if (problems_.full()) {
            return;
        }
        const bool silent = rule.value("writeOnly", false);
        if (node.confidential && !silent) {
            problem(node, line, key, "no secret may stand here, as this value is shown to people");
            return;
        }
        const auto& type = rule.at("type").get_ref<const std::string&>();
        if (!has_type(node, type)) {
            wrong_type(node, type, key, line, silent);
        } else if (node.kind == Value::Kind::map) {
            check_map(node, rule, key);
        } else if (node.kind == Value::Kind::list) {
            check_list(node, rule, key, line);
        } else {
            check_scalar(node, rule, key, line, silent);
        }
    }

  private:
    void problem(const Value& node, int line, const std::string& key, std::string text) {
        if (node.source.empty()) {
            problems_.add(line, key, std::move(text));
        } else {
            problems_.add(node.source, 0, key, std::move(text));
        }
    }

    void wrong_type(const Value& node, const std::string& type, const std::string& key, int line,
                    bool silent) {
        std::string text = "must be " + std::string(type_word(type));
        const bool scalar = node.kind == Value::Kind::boolean || node.kind == Value::Kind::number;
        if (node.kind == Value::Kind::none) {
            text = "has no value; it " + text + ", or leave the key out";
        } else if (type == "string" && scalar) {
            text += silent ? "; put it in quotes" : "; put it in quotes: \"" + node.text + "\"";
        } else if (!silent && (scalar || node.kind == Value::Kind::text)) {
            text += ", not " + (node.kind == Value::Kind::text ? in_quotes(node.text) : node.text);
        } else {
            text += ", not " + std::string(kind_word(node.kind));
        }
        problem(node, line, key, std::move(text));
    }

    void check_list(const Value& node, const json& rule, const std::string& key, int line) {
        const auto most = rule.at("maxItems").get<std::size_t>();
        if (node.items.size() > most) {
            problem(node, line, key,
                    "must have at most " + std::to_string(most) + " entries, not " +
                        std::to_string(node.items.size()));
            return;
        }
        for (std::size_t i = 0; i < node.items.size(); ++i) {
            check(*node.items[i], rule.at("items"), key + "[" + std::to_string(i) + "]", node.items[i]->line);
        }
    }

    void check_map(const Value& node, const json& rule, const std::string& key) {
        const json& known = rule.at("properties");
        std::vector<std::string_view> names;
        for (const auto& [name, part] : known.items()) {
            names.push_back(name);
        }
        for (const auto& entry : node.entries) {
            const std::string path = below(key, entry.key);
            const auto part = known.find(entry.key);
            if (part != known.end()) {
                check(*entry.value, *part, path, entry.line);
            } else if (!problems_.full()) {
                unknown(entry, names, key);
            }
        }
        for (const auto& required : rule.value("required", json::array())) {
            const auto name = required.get<std::string>();
            if (node.find(name) == nullptr) {
                std::string about = known.at(name).at("description");
                about.erase(about.find_last_not_of('.') + 1);
                problem(node, node.line, below(key, name), "is missing (" + about + ")");
            }
        }
    }

    void unknown(const Entry& entry, const std::vector<std::string_view>& names, const std::string& key) {
        const std::string meant = suggestion(entry.key, names);
        problems_.add(entry.line, below(key, entry.key),
                      "unknown key" + (meant.empty() ? "; known here: " + joined(names) : meant));
    }

    void check_scalar(const Value& node, const json& rule, const std::string& key, int line, bool silent) {
        const std::string is =
            silent ? "" : ", not " + (node.kind == Value::Kind::text ? in_quotes(node.text) : node.text);
        if (const auto text = wrong_value(node, rule, is)) {
            problem(node, line, key, *text);
        }
    }

    static std::optional<std::string> wrong_value(const Value& node, const json& rule,
                                                  const std::string& is) {
        if (rule.contains("enum")) {
            return outside_enum(node, rule.at("enum"), is);
        }
        if (rule.contains("minimum") && node.number < rule.at("minimum").get<double>()) {
            return "must be at least " + plain(rule.at("minimum").get<double>()) + is;
        }
        if (rule.contains("maximum") && node.number > rule.at("maximum").get<double>()) {
            return "must be at most " + plain(rule.at("maximum").get<double>()) + is;
        }
        const std::size_t size = utf8_size(node.text);
        if (node.kind == Value::Kind::text && size < rule.value("minLength", std::size_t{0})) {
            return "must not be empty; or leave the key out";
        }
        // Before any pattern: std::regex overflows the stack on long texts.
        if (rule.contains("maxLength") && size > rule.at("maxLength").get<std::size_t>()) {
            return "must have at most " + rule.at("maxLength").dump() + " characters, not " +
                   std::to_string(size);
        }
        if (rule.contains("pattern") &&
            !std::regex_search(node.text, std::regex(rule.at("pattern").get<std::string>()))) {
            return rule.at("patternErrorMessage").get<std::string>() + is;
        }
        return std::nullopt;
    }

    static std::optional<std::string> outside_enum(const Value& node, const json& allowed,
                                                   const std::string& is) {
        std::vector<std::string> texts;
        for (const auto& word : allowed) {
            texts.push_back(word.is_string() ? word.get<std::string>() : word.dump());
            if (word.is_string() ? word == node.text : word == node.number) {
                return std::nullopt;
            }
        }
        const std::vector<std::string_view> words(texts.begin(), texts.end());
        const bool text = node.kind == Value::Kind::text;
        return "must be one of " + joined(words) + is + (text ? suggestion(node.text, words) : "");
    }

    Problems& problems_;
};

}  // namespace

const json& schema() {
    static const json parsed = json::parse(schema_text);
    return parsed;
}

void check_shape(const Value& root, Problems& problems) {
    Shape(problems).check(root, schema(), "", root.line);
}

}  // namespace sunherd::site
