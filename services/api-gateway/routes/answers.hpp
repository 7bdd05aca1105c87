#pragma once

#include "history/reader.hpp"
#include "http/message.hpp"
#include "site/site.hpp"
#include "topics/names.hpp"

#include <nlohmann/json_fwd.hpp>
#include <tl/expected.hpp>

#include <optional>
#include <string>

/// What the routes share: parameters in, JSON out.
namespace sunherd::api {

using Json = nlohmann::ordered_json;
using topics::Timestamp;

/// Compact, with what is not UTF-8 replaced.
std::string to_text(const Json& json);
web::Response json_response(const Json& body);
/// The same of what is long, packed already where the client takes that: to be made beside the HTTP thread.
web::Response long_response(const Json& body, bool pack);
/// A database that can't answer: what it is, and what to do.
web::Response trouble_response(const history::Trouble& trouble);

/// Of a parameter that can't be used: the answer.
template <class T>
using Param = tl::expected<T, web::Response>;

struct Range {
    Timestamp from{};
    Timestamp to{};
};
/// `from` and `to`: RFC 3339, or a local date (`to`: with that day); `month` stands for both (`2026-06`).
/// Absent ones: everything so far, and to the end of time.
Param<Range> range_of(const web::Request& request, const site::Site& site);
Param<std::size_t> limit_of(const web::Request& request, std::size_t otherwise, std::size_t most);
template <class E>
Param<E> word_of(const web::Request& request, const std::string& name, E otherwise);
/// One of the parameters is none of those named: a 400 that names them.
std::optional<web::Response> unknown_parameter(const web::Request& request,
                                               std::initializer_list<std::string_view> known);

/// A parameter that names something: an id, or absent.
Param<std::optional<std::string>> id_of(const web::Request& request, const std::string& name);

/// The car that is asked for; empty is none.
std::optional<std::string> vehicle_of(const web::Request& request);

/// RFC 3339 with the site's offset: `2026-06-21T12:15:00+02:00`.
std::string local_time(Timestamp moment, const std::string& time_zone);

Json session_json(const history::SessionRow& row);
Json totals_json(const sessions::Totals& totals);
Json balance_json(const history::Balance& balance);
Json slot_json(const topics::PriceSlot& slot);

template <class E>
Param<E> word_of(const web::Request& request, const std::string& name, E otherwise) {
    const auto text = request.param(name);
    if (!text) {
        return otherwise;
    }
    if (const auto value = topics::from_word<E>(*text)) {
        return *value;
    }
    std::string words;
    for (const auto& [value, word] : enum_words(E{})) {
        words.append(words.empty() ? "" : ", ").append(word);
    }
    return tl::unexpected(web::problem(400, name + " must be one of " + words));
}

}  // namespace sunherd::api
