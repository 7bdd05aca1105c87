#include "bench_site.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <new>

namespace {

thread_local long counted = 0;

void* counted_memory(std::size_t size) noexcept {
    ++counted;
    return std::malloc(size == 0 ? 1 : size);
}

void* count(std::size_t size) {
    if (void* memory = counted_memory(size)) {
        return memory;
    }
    throw std::bad_alloc();
}

}  // namespace

void* operator new(std::size_t size) {
    return count(size);
}
void* operator new[](std::size_t size) {
    return count(size);
}
// All of them, as a sanitizer's own must not meet ours.
void* operator new(std::size_t size, const std::nothrow_t& /*nothrow*/) noexcept {
    return counted_memory(size);
}
void* operator new[](std::size_t size, const std::nothrow_t& /*nothrow*/) noexcept {
    return counted_memory(size);
}
void operator delete(void* memory, const std::nothrow_t& /*nothrow*/) noexcept {
    std::free(memory);
}
void operator delete[](void* memory, const std::nothrow_t& /*nothrow*/) noexcept {
    std::free(memory);
}
void operator delete(void* memory) noexcept {
    std::free(memory);
}
void operator delete[](void* memory) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
    std::free(memory);
}

using namespace sunherd::engine;
using namespace sunherd::engine::test;

TEST_CASE("a settled site is decided about without allocating memory") {
    for (const auto distribution :
         {Distribution::priority, Distribution::shared, Distribution::strict, Distribution::optimized}) {
        BenchSite bench(63);
        bench.site.distribution = distribution;
        bench.site.circuits.push_back({.id = "garage", .limit_a = 40, .max_w = 20000});
        bench.site.batteries.push_back({.power_w = 0});
        bench.add("one", ChargeMode::now).circuit = 1;
        bench.add("two", ChargeMode::eco).circuit = 1;
        bench.add("three", ChargeMode::solar);
        bench.house({-9, -9, -9}).run(200);
        Decision decision = bench.last;
        const auto step = [&](double house_a) {
            bench.site.now += 100ms;
            bench.house({house_a, house_a, house_a}).measure();
            decide(bench.site, decision);
        };
        step(-9);
        const long before = counted;
        for (int i = 0; i < 1000; ++i) {
            step(i % 100 < 50 ? -9 : -3);
        }
        CHECK(counted == before);
    }
    const long before = counted;
    CHECK(std::vector<int>(3).size() == 3);
    CHECK(counted > before);  // it does count
}
