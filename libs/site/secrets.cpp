#include "site/secrets.hpp"

#include "site/scalar.hpp"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <fstream>
#include <utility>

namespace sunherd::site {
namespace {

std::optional<std::string> environment(const std::string& name) {
    const char* value =
        std::getenv(name.c_str());  // NOLINT(concurrency-mt-unsafe): nobody sets it while we start
    return value == nullptr || *value == '\0' ? std::nullopt : std::optional<std::string>(value);
}

std::string variable_for(const std::string& name) {
    std::string variable = "SUNHERD_SECRET_" + name;
    std::transform(variable.begin(), variable.end(), variable.begin(), [](char c) {
        return c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    });
    return variable;
}

bool is_name(std::string_view text) {
    return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-';
    });
}

/// The secrets' file, read when the first secret is asked for.
class Secrets {
  public:
    Secrets(const std::filesystem::path& site_file, Problems& problems) : problems_(problems) {
        const auto named = environment("SUNHERD_SECRETS");
        must_exist_ = named.has_value();
        file_ = named ? std::filesystem::path(*named) : site_file.parent_path() / "secrets.yaml";
    }

    void put_value(Value& node, const std::string& key) {
        const std::string name = std::exchange(node.text, "?");  // so that its absence is the only problem
        node.kind = Value::Kind::text;
        node.confidential = true;
        if (!is_name(name)) {
            problems_.add(node.line, key,
                          "!secret wants a name of letters, digits, - and _, e.g. !secret mqtt_password");
            return;
        }
        auto value = from_file(name);
        if (!value) {
            value = environment(variable_for(name));
        }
        if (value) {
            node.text = *value;
        } else if (!broken_) {
            problems_.add(node.line, key,
                          "the secret " + name + " is not known; add a line `" + name + ": …` to " +
                              file_.string() + ", or set the environment variable " + variable_for(name));
        }
    }

  private:
    std::optional<std::string> from_file(const std::string& name) {
        read_once();
        const Value* value = values_ ? values_->find(name) : nullptr;
        const bool scalar =
            value != nullptr && (value->kind == Value::Kind::text || value->kind == Value::Kind::number ||
                                 value->kind == Value::Kind::boolean);
        return scalar ? std::optional<std::string>(value->text) : std::nullopt;
    }

    void read_once() {
        std::error_code error;
        if (std::exchange(read_, true) || (!must_exist_ && !std::filesystem::exists(file_, error))) {
            return;
        }
        Problems inside(file_);
        if (const auto bytes = read_bounded(file_, inside)) {
            values_ = read_document(*bytes, inside);
            if (values_ && values_->kind != Value::Kind::map) {
                values_.reset();
                inside.add(1, "", "must hold lines of `name: value`");
            }
        }
        // Only where it is wrong, not how: the text around the mistake may be a secret.
        for (const auto& problem : std::move(inside).take()) {
            broken_ = true;
            const bool whole_file = problem.line == 0;
            problems_.add(
                problem.file, problem.line, "",
                whole_file ? problem.text : "can't be understood; it must hold lines of `name: value`");
        }
    }

    Problems& problems_;
    std::filesystem::path file_;
    bool must_exist_ = false;
    bool read_ = false;
    bool broken_ = false;
    ValuePtr values_;
};

void walk(Value& node, const std::string& key, Secrets& secrets) {
    if (node.kind == Value::Kind::secret) {
        secrets.put_value(node, key);
    }
    for (auto& entry : node.entries) {
        walk(*entry.value, key.empty() ? entry.key : key + "." + entry.key, secrets);
    }
    for (std::size_t i = 0; i < node.items.size(); ++i) {
        walk(*node.items[i], key + "[" + std::to_string(i) + "]", secrets);
    }
}

void put(Value& map, const std::string& key, ValuePtr value) {
    const auto entry = std::find_if(map.entries.begin(), map.entries.end(),
                                    [&](const Entry& candidate) { return candidate.key == key; });
    if (entry == map.entries.end()) {
        map.entries.push_back({key, 0, std::move(value)});
    } else {
        entry->value = std::move(value);
    }
}

struct Variable {
    std::string name;
    std::string key;
};

/// The first line of a small file.
std::optional<std::string> from_file(const std::string& file) {
    std::ifstream in(file);
    std::string line;
    return std::getline(in, line) && line.size() <= 1000 ? std::optional(line) : std::nullopt;
}

void apply(Value& root, const std::string& section, const std::vector<Variable>& variables,
           Problems& problems) {
    auto map = std::make_shared<Value>();
    map->kind = Value::Kind::map;
    if (const Value* in_file = root.find(section)) {
        *map = *in_file;
    }
    bool any = false;
    for (const auto& [variable, key] : variables) {
        auto value = environment(variable);
        if (!value) {
            continue;
        }
        const bool is_secret_file = key == "token";
        if (is_secret_file && !(value = from_file(*value))) {
            problems.add(0, std::string(section).append(".").append(key),
                         std::string("environment variable ")
                             .append(variable)
                             .append(" must name a file whose first line is the token"));
            continue;
        }
        // Only the port is a number; a password of digits is text.
        auto node = make_scalar(key == "port" ? "?" : "!", *value, 0);
        node->source = std::string("environment variable ").append(variable);
        node->confidential = is_secret_file;
        put(*map, key, std::move(node));
        any = true;
    }
    if (any && map->kind == Value::Kind::map) {
        put(root, section, std::move(map));
    }
}

bool says_who_may(const Value& root) {
    const auto* http = root.find("http");
    return http != nullptr && http->kind == Value::Kind::map &&
           (http->find("users") != nullptr || http->find("jwt") != nullptr ||
            http->find("anonymous") != nullptr);
}

}  // namespace

void resolve_secrets(Value& root, const std::filesystem::path& site_file, Problems& problems) {
    Secrets secrets(site_file, problems);
    walk(root, "", secrets);
}

void apply_environment(Value& root, Problems& problems) {
    if (root.kind != Value::Kind::map) {
        return;
    }
    apply(root, "broker",
          {{"MQTT_HOST", "host"},
           {"MQTT_PORT", "port"},
           {"MQTT_USER", "user"},
           {"MQTT_PASSWORD", "password"},
           {"MQTT_CA_FILE", "ca_file"}},
          problems);
    apply(root, "http", {{"HTTP_BIND", "bind"}, {"HTTP_PORT", "port"}}, problems);
    if (!says_who_may(root)) {  // a file that does is not opened from outside of it
        apply(root, "http", {{"HTTP_ANONYMOUS", "anonymous"}}, problems);
    }
    if (environment("INFLUX_URL")) {  // they name one database together
        apply(root, "influx",
              {{"INFLUX_URL", "url"},
               {"INFLUX_ORG", "org"},
               {"INFLUX_BUCKET", "bucket"},
               {"INFLUX_TOKEN_FILE", "token"},
               {"INFLUX_CA_FILE", "ca_file"}},
              problems);
    }
}

}  // namespace sunherd::site
