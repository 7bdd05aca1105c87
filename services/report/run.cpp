#include "run.hpp"

#include "history/reader.hpp"
#include "layout.hpp"
#include "service/service.hpp"
#include "site/site.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <optional>
#include <vector>

namespace sunherd::report {
namespace {

constexpr std::size_t kMostSessions = 20'000;
constexpr double kA4Width = 595.28;
constexpr double kA4Height = 841.89;
constexpr double kLetterWidth = 612;
constexpr double kLetterHeight = 792;

struct Arguments {
    std::string name;
    std::string time_zone;
    std::vector<std::string> letterhead;
    std::string footer;
    std::vector<std::string> evse_names;  ///< `garage=Garage`
    std::string database;
    std::string from;
    std::string to;
    std::string language = "en";
    std::string paper = "A4";
    std::string evse;
    std::string vehicle;
};

int fail(const std::string& text) {
    std::fprintf(stderr, "%s\n", text.c_str());
    return 1;
}

std::optional<std::string> asked(const std::string& text) {
    return text.empty() ? std::nullopt : std::optional(text);
}

std::map<std::string, std::string> names_of(const Arguments& arguments) {
    std::map<std::string, std::string> names;
    for (const auto& pair : arguments.evse_names) {
        const auto equals = pair.find('=');
        names.emplace(pair.substr(0, equals), equals == std::string::npos ? pair : pair.substr(equals + 1));
    }
    return names;
}

/// What of the site stands on a statement.
site::Site site_of(const Arguments& arguments) {
    site::Site site;
    site.name = arguments.name;
    site.time_zone = arguments.time_zone;
    site.report.letterhead = arguments.letterhead;
    site.report.footer = asked(arguments.footer);
    return site;
}

/// Once to count the pages, once to print them with their number.
int print(const site::Site& site, const Statement& statement, const Frame& frame,
          const Arguments& arguments) {
    const bool letter = arguments.paper == "Letter";
    const double width = letter ? kLetterWidth : kA4Width;
    const double height = letter ? kLetterHeight : kA4Height;
    Sheet counted(width, height, nullptr);
    const int pages = set_statement(counted, statement, frame, 0);
    Sheet printed(width, height, [](const unsigned char* data, unsigned length) {
        return std::fwrite(data, 1, length, stdout) == length;
    });
    printed.describe((frame.german ? kGerman : kEnglish).title, site.name.value_or(site.id));
    set_statement(printed, statement, frame, pages);
    return printed.finish() && std::fflush(stdout) == 0 ? 0 : fail("the statement can't be written");
}

int set(const Arguments& arguments) {
    const auto site = site_of(arguments);
    const auto from = topics::parse_rfc3339(arguments.from);
    const auto to = topics::parse_rfc3339(arguments.to);
    if (!from || !to) {
        return fail("--from and --to are times such as 2026-06-01T00:00:00Z");
    }
    const auto reader = history::Reader::open(arguments.database);
    if (!reader) {
        return fail(reader.error().text);
    }
    const auto rows = (*reader)->sessions({.evse = asked(arguments.evse),
                                           .vehicle = asked(arguments.vehicle),
                                           .from = *from,
                                           .to = *to,
                                           .newest_first = false,
                                           .limit = kMostSessions + 1});
    if (!rows) {
        return fail(rows.error().text);
    }
    if (rows->size() > kMostSessions) {
        return fail("more than " + std::to_string(kMostSessions) + " sessions: ask for a shorter time");
    }
    const auto begin = rows->empty() ? *from : std::max(*from, rows->front().session.start);
    const Frame frame{.site = site,
                      .from = arguments.from.starts_with("1970") ? begin : *from,
                      .to = *to,
                      .made = service::system_clock().utc(),
                      .german = arguments.language == "de"};
    return print(site, make_statement(*rows, *from, *to, site.time_zone, names_of(arguments)), frame,
                 arguments);
}

}  // namespace

int run(int argc, char** argv) {
    CLI::App app("Sets a statement of charging sessions as PDF.", "report");
    Arguments arguments;
    app.add_option("--name", arguments.name, "Of the site")->required();
    app.add_option("--time-zone", arguments.time_zone, "Of the site, IANA")->required();
    app.add_option("--letterhead", arguments.letterhead, "A line of it; any number");
    app.add_option("--footer", arguments.footer, "A line at the foot");
    app.add_option("--evse-name", arguments.evse_names, "garage=Garage; any number");
    app.add_option("--database", arguments.database, "The ledger's database")->required();
    app.add_option("--from", arguments.from, "Sessions that began then or later")->required();
    app.add_option("--to", arguments.to, "… and before that")->required();
    app.add_option("--language", arguments.language, "en or de")->check(CLI::IsMember({"en", "de"}));
    app.add_option("--paper", arguments.paper, "A4 or Letter")->check(CLI::IsMember({"A4", "Letter"}));
    app.add_option("--evse", arguments.evse, "Only of this EVSE");
    app.add_option("--vehicle", arguments.vehicle, "Only of this car");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    return set(arguments);
}

}  // namespace sunherd::report
