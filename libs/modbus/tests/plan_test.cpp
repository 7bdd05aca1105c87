#include "modbus/plan.hpp"

#include <catch2/catch.hpp>
#include <rapidcheck.h>

#include <algorithm>

using namespace sunherd::modbus;

namespace {

Block input(int address, int count) {
    return {Table::input, static_cast<std::uint16_t>(address), static_cast<std::uint16_t>(count)};
}

std::vector<Block> planned(std::vector<Block> wanted) {
    return plan(wanted);
}

bool covers(const Block& request, const Block& block) {
    return request.table == block.table && request.address <= block.address && block.end() <= request.end();
}

rc::Gen<Block> any_block() {
    return rc::gen::map(
        rc::gen::tuple(rc::gen::inRange(0, 65'400), rc::gen::inRange(1, 126), rc::gen::arbitrary<bool>()),
        [](const auto& t) {
            const auto& [address, count, holding] = t;
            return Block{holding ? Table::holding : Table::input, static_cast<std::uint16_t>(address),
                         static_cast<std::uint16_t>(count)};
        });
}

}  // namespace

TEST_CASE("neighbours and small gaps share a request") {
    CHECK(planned({input(14, 2), input(0, 1), input(26, 2)}) == std::vector{input(0, 28)});
    CHECK(planned({input(0, 1), input(17, 1)}) == std::vector{input(0, 18)});
}

TEST_CASE("a wide gap, another table, or more than 125 registers begin a new request") {
    CHECK(planned({input(0, 1), input(18, 1)}).size() == 2);
    CHECK(planned({input(0, 1), {Table::holding, 1, 1}}).size() == 2);
    CHECK(planned({input(0, 100), input(100, 25)}).size() == 1);
    CHECK(planned({input(0, 100), input(100, 26)}) == std::vector{input(0, 100), input(100, 26)});
}

TEST_CASE("nothing wanted, nothing asked") {
    CHECK(planned({}).empty());
}

TEST_CASE(
    "whatever is wanted is covered by requests that a device can take, and no more of them than blocks") {
    const bool holds = rc::check([] {
        const auto wanted = *rc::gen::container<std::vector<Block>>(any_block());
        const auto requests = plan(wanted);
        RC_ASSERT(requests.size() <= wanted.size());
        for (const auto& request : requests) {
            RC_ASSERT(request.count >= 1 && request.count <= 125);
        }
        for (const auto& block : wanted) {
            RC_ASSERT(std::any_of(requests.begin(), requests.end(),
                                  [&](const auto& r) { return covers(r, block); }));
        }
    });
    CHECK(holds);
}

TEST_CASE("no request reads over a gap wider than allowed") {
    const bool holds = rc::check([] {
        const auto wanted = *rc::gen::container<std::vector<Block>>(any_block());
        for (const auto& request : plan(wanted)) {
            int unused = 0;
            for (int address = request.address; address < request.end(); ++address) {
                const auto one = Block{request.table, static_cast<std::uint16_t>(address), 1};
                const bool used = std::any_of(wanted.begin(), wanted.end(),
                                              [&](const auto& block) { return covers(block, one); });
                unused = used ? 0 : unused + 1;
                RC_ASSERT(unused <= kLargestGap);
            }
        }
    });
    CHECK(holds);
}
