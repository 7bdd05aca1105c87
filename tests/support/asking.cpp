#include "support/asking.hpp"

#include <thread>

namespace sunherd::testing {

bool ask_until(const std::function<bool()>& condition, std::chrono::milliseconds deadline) {
    const auto until = std::chrono::steady_clock::now() + deadline;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > until) {
            return false;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(30));
    }
    return true;
}

}  // namespace sunherd::testing
