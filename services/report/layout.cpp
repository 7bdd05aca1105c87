#include "layout.hpp"

#include <date/tz.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace sunherd::report {
namespace {

constexpr double kMargin = 50;
constexpr double kRow = 14;
constexpr double kFoot = 60;  ///< room that every page keeps below
constexpr double kChart = 110;
constexpr Colour kSun{0.96, 0.71, 0.18};
constexpr Colour kBattery{0.37, 0.70, 0.49};
constexpr Colour kGrid{0.42, 0.61, 0.88};

struct Column {
    std::string name;
    double share;  ///< of the width
    Align align;
};

class Setter {
  public:
    Setter(Sheet& sheet, const Statement& statement, const Frame& frame, int pages)
        : sheet_(sheet),
          statement_(statement),
          frame_(frame),
          texts_(frame.german ? kGerman : kEnglish),
          pages_(pages),
          width_(sheet.width() - 2 * kMargin) {}

    void set() {
        new_page();
        head();
        if (statement_.sum.sessions == 0) {
            y_ += sheet_.paragraph(kMargin, y_, width_, texts_.none, {.size = 10}) + 8;
            running();
            return;
        }
        overview(texts_.evse, statement_.evses, true);
        running();
        if (!statement_.vehicles.empty()) {
            overview(texts_.vehicle, statement_.vehicles, false);
        }
        chart();
        for (const auto& group : statement_.evses) {
            sessions(group);
        }
        note();
    }

  private:
    void new_page() {
        sheet_.begin_page();
        const double y = sheet_.height() - kFoot + 18;
        const auto footer = frame_.site.report.footer.value_or("");
        sheet_.rule(kMargin, y - 6, width_);
        sheet_.text(kMargin, y, width_ * 0.75, footer, {.size = 8, .grey = 0.35});
        const auto page = std::string(texts_.page) + ' ' + std::to_string(sheet_.pages()) + ' ' + texts_.of +
                          ' ' + std::to_string(std::max(pages_, sheet_.pages()));
        sheet_.text(kMargin + width_ * 0.75, y, width_ * 0.25, page,
                    {.size = 8, .grey = 0.35, .align = Align::right});
        y_ = kMargin;
    }

    /// Whether there was room; else it is on a new page.
    bool need(double height) {
        if (y_ + height <= sheet_.height() - kFoot) {
            return true;
        }
        new_page();
        return false;
    }

    std::string number(double value, int digits) const { return number_text(value, digits, frame_.german); }
    std::string kwh(double wh) const { return number(wh / 1000, 2) + " kWh"; }
    std::string money(const std::optional<double>& amount, int digits = 2) const {
        return amount ? number(*amount, digits) : "–";
    }
    std::string in_money(const char* what) const { return statement_.currency + ' ' + what; }
    std::string local(Timestamp moment, const char* english, const char* german) const {
        return date::format(
            frame_.german ? german : english,
            date::make_zoned(frame_.site.time_zone, date::floor<std::chrono::seconds>(moment)));
    }
    std::string day(Timestamp moment) const { return local(moment, "%Y-%m-%d", "%d.%m.%Y"); }
    std::string moment(Timestamp moment) const { return local(moment, "%Y-%m-%d %H:%M", "%d.%m.%Y %H:%M"); }

    void head() {
        for (const auto& line : frame_.site.report.letterhead) {
            y_ +=
                sheet_.text(kMargin, y_, width_, line, {.size = 9, .grey = 0.25, .align = Align::right}) + 1;
        }
        y_ += 24;
        y_ += sheet_.text(kMargin, y_, width_, texts_.title, {.size = 18, .bold = true}) + 10;
        const std::array rows{std::pair{texts_.site, frame_.site.name.value_or(frame_.site.id)},
                              std::pair{texts_.period, day(frame_.from) + " – " +
                                                           day(frame_.to - std::chrono::milliseconds(1))},
                              std::pair{texts_.created, day(frame_.made)}};
        for (const auto& [name, value] : rows) {
            sheet_.text(kMargin, y_, 90, name, {.grey = 0.35});
            sheet_.text(kMargin + 90, y_, width_ - 90, value);
            y_ += kRow;
        }
        y_ += 14;
    }

    void row(const std::vector<Column>& columns, const std::vector<std::string>& cells, bool bold,
             double grey = 0) {
        double x = kMargin;
        for (std::size_t i = 0; i < columns.size(); ++i) {
            const double width = columns[i].share * width_;
            sheet_.text(x, y_, width - 6, cells[i],
                        {.size = 8.5, .bold = bold, .grey = grey, .align = columns[i].align});
            x += width;
        }
        y_ += kRow;
    }
    void heads(const std::vector<Column>& columns) {
        std::vector<std::string> names;
        names.reserve(columns.size());
        for (const auto& column : columns) {
            names.emplace_back(column.name);
        }
        row(columns, names, false, 0.35);
        sheet_.rule(kMargin, y_ - 2, width_);
        y_ += 2;
    }

    std::vector<std::string> cells(const std::string& name, const Sum& sum) const {
        return {name,
                std::to_string(sum.sessions),
                kwh(sum.totals.energy_wh),
                number(sum.own_pct(), 0) + " %",
                money(sum.totals.price_per_kwh(), 4),
                money(sum.totals.cost)};
    }

    void overview(const char* what, const std::vector<Group>& groups, bool total) {
        const std::vector<Column> columns{{what, 0.32, Align::left},
                                          {texts_.sessions, 0.11, Align::right},
                                          {texts_.energy, 0.15, Align::right},
                                          {texts_.own, 0.15, Align::right},
                                          {in_money(texts_.price), 0.14, Align::right},
                                          {in_money(texts_.cost), 0.13, Align::right}};
        need(5 * kRow);
        heads(columns);
        for (const auto& group : groups) {
            if (!need(kRow)) {
                heads(columns);
            }
            row(columns, cells(group.name, group.sum), false);
        }
        if (total) {
            sheet_.rule(kMargin, y_ - 1, width_, 0.4);
            y_ += 2;
            row(columns, cells(texts_.total, statement_.sum), true);
            if (statement_.sum.totals.unpriced_wh >= 1) {
                y_ += sheet_.text(kMargin, y_, width_,
                                  std::string(texts_.unpriced) + ' ' + kwh(statement_.sum.totals.unpriced_wh),
                                  {.size = 8, .grey = 0.35});
            }
        }
        y_ += 16;
    }

    void running() {
        if (statement_.running.sessions == 0) {
            return;
        }
        need(3 * kRow);
        y_ +=
            sheet_.paragraph(kMargin, y_, width_,
                             std::string(texts_.running) + ' ' + std::to_string(statement_.running.sessions) +
                                 " (" + kwh(statement_.running.totals.energy_wh) + ')',
                             {.size = 8.5}) +
            16;
    }

    void chart() {
        double most_wh = 0;
        for (const auto& bar : statement_.bars) {
            most_wh = std::max(most_wh, bar.totals.energy_wh);
        }
        if (statement_.bars.size() < 2 || most_wh <= 0) {
            return;
        }
        need(kChart + 60);
        sheet_.text(kMargin, y_, width_ * 0.5, texts_.per_day, {.bold = true});
        double x = kMargin + width_ * 0.5;
        for (const auto& [colour, name] :
             {std::pair{kSun, texts_.sun}, {kBattery, texts_.battery}, {kGrid, texts_.grid}}) {
            sheet_.box(x, y_ + 3, 7, 7, colour);
            sheet_.text(x + 11, y_, 60, name, {.size = 8});
            x += 70;
        }
        y_ += 20;
        const double step = width_ / static_cast<double>(statement_.bars.size());
        const double scale = kChart / most_wh;
        sheet_.text(kMargin, y_ - 4, 60, number(most_wh / 1000, 1), {.size = 7, .grey = 0.35});
        for (std::size_t i = 0; i < statement_.bars.size(); ++i) {
            bar(statement_.bars[i], kMargin + static_cast<double>(i) * step, step, scale);
        }
        sheet_.rule(kMargin, y_ + kChart, width_, 0.4);
        y_ += kChart + 26;
    }

    void bar(const Bar& bar, double x, double step, double scale) {
        const double width = std::min(step * 0.7, 26.0);
        const double left = x + (step - width) / 2;
        double y = y_ + kChart;
        const double rest_wh = bar.totals.energy_wh - bar.totals.sun_wh - bar.totals.battery_wh;
        for (const auto& [wh, colour] :
             {std::pair{rest_wh, kGrid}, {bar.totals.battery_wh, kBattery}, {bar.totals.sun_wh, kSun}}) {
            y -= wh * scale;
            sheet_.box(left, y, width, wh * scale, colour);
        }
        const bool month = bar.span.name.size() == 7;
        const auto label = bar.span.name.substr(month ? 2 : 8);
        const bool crowded = step < 11 && (label.back() - '0') % 5 != 0;
        if (!crowded) {
            sheet_.text(x + step / 2 - 20, y_ + kChart + 3, 40, label,
                        {.size = 7, .grey = 0.35, .align = Align::centre});
        }
    }

    void sessions(const Group& group) {
        const std::vector<Column> columns{
            {texts_.start, 0.17, Align::left},          {texts_.end, 0.17, Align::left},
            {texts_.vehicle, 0.13, Align::left},        {texts_.energy, 0.13, Align::right},
            {texts_.own, 0.15, Align::right},           {in_money(texts_.price), 0.12, Align::right},
            {in_money(texts_.cost), 0.13, Align::right}};
        need(6 * kRow);
        y_ += sheet_.text(kMargin, y_, width_, group.name, {.size = 11, .bold = true}) + 6;
        heads(columns);
        for (const auto* one : group.sessions) {
            if (!need(kRow)) {
                heads(columns);
            }
            Sum sum;
            sum.add(*one);
            row(columns,
                {moment(one->session.start), moment(*one->session.end), one->session.vehicle.value_or(""),
                 kwh(one->totals.energy_wh), number(sum.own_pct(), 0) + " %",
                 money(sum.totals.price_per_kwh(), 4), money(one->totals.cost)},
                false);
        }
        sheet_.rule(kMargin, y_ - 1, width_, 0.4);
        y_ += 2;
        need(kRow);
        row(columns,
            {texts_.total, std::to_string(group.sum.sessions), "", kwh(group.sum.totals.energy_wh),
             number(group.sum.own_pct(), 0) + " %", money(group.sum.totals.price_per_kwh(), 4),
             money(group.sum.totals.cost)},
            true);
        y_ += 18;
    }

    void note() {
        need(36);
        sheet_.paragraph(kMargin, y_, width_, std::string(texts_.note) + ' ' + frame_.site.time_zone + '.',
                         {.size = 7.5, .grey = 0.35});
    }

    Sheet& sheet_;
    const Statement& statement_;
    const Frame& frame_;
    const Texts& texts_;
    int pages_;
    double width_;
    double y_ = kMargin;
};

}  // namespace

std::string number_text(double value, int digits, bool german) {
    const double factor = std::pow(10, digits);
    const auto whole = static_cast<long long>(std::llround(std::abs(value) * factor));
    auto text = std::to_string(whole);
    if (text.size() <= static_cast<std::size_t>(digits)) {
        text.insert(0, static_cast<std::size_t>(digits) + 1 - text.size(), '0');
    }
    auto at = text.size() - static_cast<std::size_t>(digits);
    if (digits > 0) {
        text.insert(at, german ? "," : ".");
    }
    while (at > 3) {
        at -= 3;
        text.insert(at, german ? "." : ",");
    }
    return value < 0 && whole > 0 ? "−" + text : text;
}

int set_statement(Sheet& sheet, const Statement& statement, const Frame& frame, int pages) {
    Setter(sheet, statement, frame, pages).set();
    return sheet.pages();
}

}  // namespace sunherd::report
