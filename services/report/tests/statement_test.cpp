#include "layout.hpp"

#include <catch2/catch.hpp>

using namespace sunherd;
using namespace sunherd::report;
using namespace std::chrono_literals;

namespace {

const Timestamp kJune = *topics::parse_rfc3339("2026-05-31T22:00:00Z");

history::SessionRow row(std::chrono::hours at, const std::string& evse, double wh, std::optional<double> cost,
                        std::optional<std::string> vehicle = {}) {
    history::SessionRow one{.currency = "EUR"};
    one.session = {.id = evse, .evse = evse, .start = kJune + at, .end = kJune + at + 1h};
    one.session.vehicle = std::move(vehicle);
    one.totals = {
        .energy_wh = wh, .sun_wh = wh / 4, .grid_wh = wh * 3 / 4, .cost = cost, .unpriced_wh = cost ? 0 : wh};
    return one;
}

std::string pdf(const std::vector<history::SessionRow>& rows, int& pages, double width = 595,
                double height = 842) {
    site::Site site;
    site.id = "home";
    site.time_zone = "Europe/Berlin";
    site.report.letterhead = {"Example Housing", "1 Main Street"};
    const auto statement = make_statement(rows, kJune, kJune + 720h, site.time_zone, {});
    std::string out;
    Sheet sheet(width, height, [&out](const unsigned char* data, unsigned length) {
        out.append(reinterpret_cast<const char*>(data), length);
        return true;
    });
    pages =
        set_statement(sheet, statement,
                      {.site = site, .from = kJune, .to = kJune + 720h, .made = kJune, .german = true}, 0);
    CHECK(sheet.finish());
    return out;
}

}  // namespace

TEST_CASE("sessions are grouped by wall box and car, and sums are sums of cents") {
    const std::vector rows{row(1h, "garage", 1000, 0.33, "blue"), row(30h, "left", 2000, 0.66),
                           row(60h, "garage", 1000, 0.33), row(90h, "garage", 0, std::nullopt),
                           row(91h, "left", 500, std::nullopt)};
    const auto statement = make_statement(rows, kJune, kJune + 720h, "Europe/Berlin", {{"garage", "Garage"}});
    REQUIRE(statement.evses.size() == 2);
    CHECK(statement.evses[0].name == "Garage");
    CHECK(statement.evses[0].sum.sessions == 2);
    CHECK(statement.evses[0].sum.totals.cost == 0.66);
    CHECK(statement.evses[0].sum.own_pct() == Approx(25));
    CHECK(statement.evses[0].sum.totals.price_per_kwh() == Approx(0.33));
    REQUIRE(statement.vehicles.size() == 1);
    CHECK(statement.sum.totals.cost == 1.32);
    CHECK(statement.sum.totals.unpriced_wh == 500);
    CHECK(statement.sum.totals.price_per_kwh() == Approx(0.33));
    CHECK(statement.bars.size() == 4);
    CHECK(statement.bars[0].totals.energy_wh == 1000);
}

TEST_CASE("a long time is shown by months") {
    const std::vector rows{row(1h, "garage", 1000, 0.33), row(24h * 100, "garage", 2000, 0.66)};
    const auto statement = make_statement(rows, kJune, kJune + 24h * 365, "Europe/Berlin", {});
    REQUIRE(statement.bars.size() == 4);
    CHECK(statement.bars.front().span.name == "2026-06");
}

TEST_CASE("numbers are written as people write them") {
    CHECK(number_text(1234567.891, 2, false) == "1,234,567.89");
    CHECK(number_text(1234.5, 2, true) == "1.234,50");
    CHECK(number_text(-0.004, 2, true) == "0,00");
    CHECK(number_text(-12.3, 1, false) == "−12.3");
    CHECK(number_text(999, 0, false) == "999");
    CHECK(number_text(0.05, 2, false) == "0.05");
}

TEST_CASE("a statement has as many pages as it needs, also one without sessions") {
    int pages = 0;
    CHECK(pdf({}, pages).starts_with("%PDF"));
    CHECK(pages == 1);
    std::vector<history::SessionRow> many;
    for (int i = 0; i < 300; ++i) {
        many.push_back(row(std::chrono::hours(i * 2), i % 2 == 0 ? "garage" : "left", 1000 + i, 0.3,
                           "<b>\xE2\x80\xAE odd & very long name of a car that does not fit</b>"));
    }
    CHECK(pdf(many, pages).size() > 10'000);
    CHECK(pages > 5);
    CHECK(pdf(many, pages, 612, 792).starts_with("%PDF"));
}

TEST_CASE("what still runs is said, and in no sum") {
    auto running = row(700h, "garage", 3200, 0.9, "blue");
    running.session.end.reset();
    const std::vector rows{row(1h, "garage", 1000, 0.33), running};
    const auto statement = make_statement(rows, kJune, kJune + 720h, "Europe/Berlin", {});
    CHECK(statement.sum.sessions == 1);
    CHECK(statement.vehicles.empty());
    CHECK(statement.running.sessions == 1);
    CHECK(statement.running.totals.energy_wh == 3200);
    int pages = 0;
    CHECK(pdf(rows, pages).size() > pdf({rows.front()}, pages).size());
    CHECK(pdf({running}, pages).size() > pdf({}, pages).size());
}
