#include "house/prices.hpp"

#include "house/csv_table.hpp"
#include "house/noise.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>

namespace sunherd::house {
namespace {

using Quarter = std::chrono::duration<std::int64_t, std::ratio<900>>;

constexpr std::chrono::hours kLongestRow{24};  ///< of the last one, and where rows are missing

/// Of each hour of UTC, EUR/kWh.
constexpr std::array kDay{0.081, 0.077, 0.075,  0.082,  0.101,  0.118, 0.104, 0.071,
                          0.038, 0.012, -0.004, -0.011, -0.008, 0.006, 0.031, 0.064,
                          0.112, 0.161, 0.184,  0.158,  0.129,  0.108, 0.096, 0.087};

double built_in_price(topics::Timestamp start) {
    const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(start.time_since_epoch()).count();
    const auto hour = static_cast<std::size_t>(minutes / 60 % 24);
    const double part = static_cast<double>(minutes % 60) / 60;
    const double base = kDay.at(hour) * (1 - part) + kDay.at((hour + 1) % kDay.size()) * part;
    const double noise = uniform_at(7, static_cast<std::uint64_t>(minutes)) - 0.5;
    const double day = 0.8 + 0.4 * uniform_at(8, static_cast<std::uint64_t>(minutes / 1440));
    return std::round((base * day + noise * 0.006) * 1e5) / 1e5;
}

/// `eur` of `day_ahead_eur_per_kwh`; empty where it is none.
std::string currency_of(const std::string& column) {
    constexpr std::string_view kEnd = "_per_kwh";
    if (!column.ends_with(kEnd) || column.size() < kEnd.size() + 4) {
        return {};
    }
    auto word = column.substr(column.size() - kEnd.size() - 3, 3);
    std::ranges::transform(word, word.begin(),
                           [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return word;
}

}  // namespace

std::vector<topics::PriceSlot> RecordedPrices::slots(topics::Timestamp from, topics::Timestamp to) const {
    std::vector<topics::PriceSlot> all;
    auto at = std::ranges::upper_bound(slots_, from, {}, &topics::PriceSlot::end);
    for (; at != slots_.end() && at->start < to; ++at) {
        all.push_back(*at);
    }
    return all;
}

std::vector<topics::PriceSlot> BuiltInPrices::slots(topics::Timestamp from, topics::Timestamp to) const {
    std::vector<topics::PriceSlot> all;
    for (topics::Timestamp start = std::chrono::floor<Quarter>(from); start < to; start += Quarter(1)) {
        const double price = built_in_price(start);
        all.push_back({.start = start,
                       .end = start + Quarter(1),
                       .price_per_kwh = price,
                       .energy_price_per_kwh = price,
                       .co2_g_per_kwh = std::round(220 + 1400 * price)});
    }
    return all;
}

tl::expected<std::shared_ptr<const PriceSource>, TraceError> parse_prices(std::string_view csv,
                                                                          std::string_view file) {
    Reader reader(csv, file);
    const auto header = reader.next();
    const Columns columns = header ? columns_of(*header) : Columns{};
    const auto priced =
        std::ranges::find_if(columns, [](const auto& column) { return !currency_of(column.first).empty(); });
    if (priced == columns.end() || !columns.contains("time_utc")) {
        return reader.error("the header lacks time_utc or a price; expected time_utc,day_ahead_eur_per_kwh");
    }
    std::vector<topics::PriceSlot> slots;
    while (const auto cells = reader.next()) {
        const Row row(reader, columns, *cells);
        const auto time = row.time("time_utc");
        const auto price = row.number(priced->first);
        if (!time || !price) {
            return tl::unexpected(!time ? time.error() : price.error());
        }
        if (!slots.empty()) {
            if (*time <= slots.back().start) {
                return reader.error("the time is not after the one before");
            }
            slots.back().end = std::min(*time, slots.back().start + kLongestRow);
        }
        const auto length = slots.empty() ? std::chrono::milliseconds(std::chrono::hours(1))
                                          : slots.back().end - slots.back().start;
        slots.push_back(
            {.start = *time, .end = *time + length, .price_per_kwh = *price, .energy_price_per_kwh = *price});
    }
    if (slots.empty()) {
        return reader.error("there are no prices");
    }
    return std::make_shared<const RecordedPrices>(currency_of(priced->first), std::move(slots));
}

}  // namespace sunherd::house
