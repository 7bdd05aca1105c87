#include "support/contract_check.hpp"

#include "support/message_types.hpp"
#include "topics/codec.hpp"

#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include <fstream>
#include <map>
#include <mutex>
#include <stdexcept>

namespace sunherd::testing {
namespace {

using nlohmann::json;
using Adapter = valijson::adapters::NlohmannJsonAdapter;

std::string schema_path(const std::string& name) {
    return std::string(SUNHERD_SOURCE_DIR) + "/proto-topics/schemas/" + name + ".schema.json";
}

/// Parsed once; the returned schema is never changed again.
const valijson::Schema& schema(const std::string& name) {
    static std::mutex mutex;
    static std::map<std::string, valijson::Schema> schemas;
    const std::lock_guard lock(mutex);
    const auto [found, is_new] = schemas.try_emplace(name);
    if (is_new) {
        std::ifstream file(schema_path(name));
        if (!file) {
            throw std::runtime_error("no schema " + schema_path(name));
        }
        const json document = json::parse(file);
        valijson::SchemaParser(valijson::SchemaParser::kDraft7)
            .populateSchema(Adapter(document), found->second);
    }
    return found->second;
}

std::string explain(valijson::ValidationResults& results) {
    std::string text;
    valijson::ValidationResults::Error error;
    while (results.popError(error)) {
        for (const auto& part : error.context) {
            text += part;
        }
        text += ": " + error.description + "; ";
    }
    return text;
}

bool is_command(topics::Kind kind) {
    return kind == topics::Kind::site_command || kind == topics::Kind::evse_command;
}

Verdict decoded(topics::Kind kind, std::string_view payload) {
    if (is_command(kind)) {
        const auto command = topics::decode_command(payload);
        return command ? Verdict{} : tl::unexpected(command.error().text);
    }
    return with_message_type(kind, [payload]<class M>(std::type_identity<M>) {
        const auto message = topics::decode<M>(payload);
        return message ? Verdict{} : tl::unexpected(message.error().text);
    });
}

Verdict judge(topics::Kind kind, std::string_view payload, bool retained) {
    if (retained && !topics::is_retained(kind)) {
        return tl::unexpected(std::string("is retained, but must not be"));
    }
    if (auto verdict = decoded(kind, payload); !verdict) {
        return verdict;
    }
    if (is_command(kind) && !payload.starts_with('{')) {
        return {};
    }
    return check_schema(topics::schema_name(kind), payload);
}

}  // namespace

Verdict check_message(const topics::Names& names, std::string_view topic, std::string_view payload,
                      bool retained) {
    if (names.relative(topic) == topic) {
        return {};
    }
    const auto fail = [&](const std::string& why) {
        return tl::unexpected(std::string(topic) + ": " + why + "\n  " + std::string(payload));
    };
    const auto parsed = names.parse(topic);
    if (!parsed) {
        return fail("is no topic of the contract");
    }
    const auto verdict = judge(parsed->kind, payload, retained);
    return verdict ? verdict : fail(verdict.error());
}

Verdict check_schema(std::string_view schema_name, std::string_view payload) {
    const auto document = json::parse(payload, nullptr, false);
    if (document.is_discarded()) {
        return tl::unexpected(std::string("no JSON"));
    }
    valijson::Validator validator(valijson::Validator::kStrongTypes);
    valijson::ValidationResults results;
    if (!validator.validate(schema(std::string(schema_name)), Adapter(document), &results)) {
        return tl::unexpected(explain(results));
    }
    return {};
}

}  // namespace sunherd::testing
