#include "service/service.hpp"

namespace sunherd::service {
namespace {

class SystemClock final : public Clock {
  public:
    Steady::time_point now() const override { return Steady::now(); }
    topics::Timestamp utc() const override {
        return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
    }
};

}  // namespace

const Clock& system_clock() {
    static const SystemClock clock;
    return clock;
}

}  // namespace sunherd::service
