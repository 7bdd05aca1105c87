#include "naps.hpp"

namespace sunherd::influx {
namespace {

using namespace std::chrono_literals;

constexpr auto kAlone = 200us;
constexpr int kMany = 100;
constexpr auto kAwake = 1s;

}  // namespace

bool Naps::due(Steady::time_point now, const std::function<bool()>& more_waits) {
    ++in_a_row_;
    if (now - went_back_ <= kAlone) {
        return false;
    }
    if (in_a_row_ > kMany) {
        awake_until_ = now + kAwake;
    }
    in_a_row_ = 0;
    if (now < awake_until_) {
        return false;
    }
    if (more_waits()) {
        awake_until_ = now + kNap;  // it costs a look at all our sockets
        return false;
    }
    return true;
}

}  // namespace sunherd::influx
