#include "place.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <fstream>

using namespace sunherd;
using namespace sunherd::ledger;

namespace {

class Directory {
  public:
    Directory() {
        auto name = (std::filesystem::temp_directory_path() / "sunherd-place-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        path = name;
    }
    ~Directory() { std::filesystem::remove_all(path); }
    Directory(const Directory&) = delete;
    Directory& operator=(const Directory&) = delete;
    std::filesystem::path path;
};

std::unique_ptr<spool::Spool> open(const Directory& directory, int records) {
    auto spool = spool::Spool::open({.directory = directory.path, .file_bytes = 100});
    REQUIRE(spool);
    for (int i = 0; i < records; ++i) {
        REQUIRE((*spool)->append("a record of some bytes"));
    }
    return std::move(*spool);
}

std::string place_at(const spool::Spool& spool, spool::Position position) {
    return to_text({position, spool.id()});
}

}  // namespace

TEST_CASE("reading goes on where the database says, in the spool that it says it of") {
    const Directory directory;
    const auto spool = open(directory, 20);
    const auto end = spool->read(spool->released(), 40)->end;
    CHECK(goes_on_at(place_at(*spool, end), *spool, end) == end);
    CHECK(goes_on_at("", *spool, end) == spool->released());
    CHECK(goes_on_at("nonsense", *spool, end) == spool->released());
}

TEST_CASE("a position in another spool says nothing of this one") {
    const Directory before;
    const auto text = place_at(*open(before, 300), {.file = 57, .offset = 90});
    const Directory after;
    const auto spool = open(after, 3);
    CHECK(goes_on_at(text, *spool, spool->found().end) == spool->released());
    CHECK(goes_on_at("57 90", *spool, spool->found().end) == spool->released());
}

TEST_CASE("a database that is older than what was released has what still is there read again") {
    const Directory directory;
    const auto spool = open(directory, 3);
    const auto first = spool->read(spool->released(), 1)->end;
    REQUIRE(spool->release(spool->read(first, 1)->end));
    CHECK(goes_on_at(place_at(*spool, first), *spool, spool->released()) == first);
}

TEST_CASE("behind the end of what a power cut left nothing was read") {
    const Directory directory;
    std::string text;
    {
        const auto spool = open(directory, 3);
        text = place_at(*spool, {.file = 1, .offset = 90});
    }
    for (const auto& entry : std::filesystem::directory_iterator(directory.path)) {
        if (entry.path().extension() == ".spool") {
            std::filesystem::resize_file(entry.path(), 60);
        }
    }
    const auto spool = open(directory, 0);
    const auto found = spool->found().end;
    CHECK(goes_on_at(text, *spool, found) == found);
    REQUIRE(spool->append("what comes after it, and is long enough to reach as far"));
    CHECK(goes_on_at(text, *spool, found) == found);
}
