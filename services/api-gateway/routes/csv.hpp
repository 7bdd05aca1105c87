#pragma once

#include "history/rows.hpp"

#include <optional>
#include <string>
#include <string_view>

/// Tables as RFC 4180 has them: with a head, CRLF, and text that no spreadsheet takes for a formula.
namespace sunherd::api {

class CsvRow {
  public:
    CsvRow& text(std::string_view value);
    CsvRow& number(const std::optional<double>& value, int digits);
    CsvRow& number(double value, int digits) { return number(std::optional(value), digits); }
    std::string line() && { return std::move(line_) + "\r\n"; }

  private:
    void begin();
    std::string line_;
    bool first_ = true;
};

std::string csv_head(std::string_view what);
std::string csv_line(const history::SessionRow& row, const std::string& time_zone);
std::string csv_line(const history::TimedBalance& row, const std::string& time_zone);
std::string csv_line(const history::TariffSlot& row, const std::string& time_zone);

}  // namespace sunherd::api
