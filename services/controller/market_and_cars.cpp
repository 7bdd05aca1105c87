#include "market_and_cars.hpp"

#include "topics/names.hpp"

#include <algorithm>

namespace sunherd::controller {
namespace {

constexpr std::size_t kMost = 100;

template <class M>
void remember(std::map<std::string, M>& all, const std::string& id, const M& message) {
    if (all.size() < kMost || all.contains(id)) {
        all.insert_or_assign(id, message);
    }
}

bool is_in_force(const topics::TariffNow& tariff, topics::Timestamp utc) {
    return tariff.valid_from <= utc && (!tariff.valid_until || utc < *tariff.valid_until);
}

}  // namespace

void MarketAndCars::take(const std::string& tariff, const topics::TariffNow& now) {
    remember(tariffs_, tariff, now);
}

void MarketAndCars::take(const std::string& vehicle, const topics::VehicleState& state) {
    remember(vehicles_, vehicle, state);
}

std::optional<double> MarketAndCars::price_per_kwh(topics::Timestamp utc) const {
    const auto has_price = [utc](const auto& each) { return is_in_force(each.second, utc); };
    auto found = tariffs_.find(std::string(topics::kSiteTariff));
    if (found == tariffs_.end() || !has_price(*found)) {
        found = std::ranges::find_if(tariffs_, has_price);
    }
    return found != tariffs_.end() ? std::optional(found->second.price_per_kwh) : std::nullopt;
}

const topics::VehicleState* MarketAndCars::car_at(const std::string& evse) const {
    const auto found = std::ranges::find_if(vehicles_, [&evse](const auto& each) {
        return each.second.evse == evse && each.second.plugged.value_or(true);
    });
    return found != vehicles_.end() ? &found->second : nullptr;
}

}  // namespace sunherd::controller
