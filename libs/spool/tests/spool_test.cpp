#include "spool/spool.hpp"

#include "spool/record.hpp"

#include <catch2/catch.hpp>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <random>
#include <thread>

using namespace sunherd::spool;

namespace {

class Directory {
  public:
    Directory() {
        auto name = (std::filesystem::temp_directory_path() / "sunherd-spool-XXXXXX").string();
        REQUIRE(mkdtemp(name.data()) != nullptr);
        path = name;
    }
    ~Directory() { std::filesystem::remove_all(path); }
    Directory(const Directory&) = delete;
    Directory& operator=(const Directory&) = delete;

    std::vector<std::filesystem::path> files() const {
        std::vector<std::filesystem::path> found;
        for (const auto& entry : std::filesystem::directory_iterator(path)) {
            if (entry.path().extension() == ".spool") {
                found.push_back(entry.path());
            }
        }
        std::sort(found.begin(), found.end());
        return found;
    }

    std::filesystem::path path;
};

std::unique_ptr<Spool> open(const Directory& directory, std::uint64_t file_bytes = 1000,
                            std::uint64_t most_bytes = 1 << 20) {
    auto spool = Spool::open({directory.path, file_bytes, most_bytes});
    REQUIRE(spool);
    return std::move(*spool);
}

std::vector<std::string> all(const Spool& spool, std::uint64_t most_bytes = 100) {
    std::vector<std::string> records;
    for (auto from = spool.released();;) {
        const auto batch = spool.read(from, most_bytes);
        REQUIRE(batch);
        if (batch->end == from) {
            return records;
        }
        records.insert(records.end(), batch->records.begin(), batch->records.end());
        from = batch->end;
    }
}

std::vector<std::string> numbered(int from, int to) {
    std::vector<std::string> records;
    for (int i = from; i < to; ++i) {
        records.push_back("record " + std::to_string(i) + std::string(static_cast<std::size_t>(i % 50), '.'));
    }
    return records;
}

void append(Spool& spool, const std::vector<std::string>& records) {
    for (const auto& record : records) {
        REQUIRE(spool.append(record));
    }
}

}  // namespace

TEST_CASE("what was appended is read in order, over many files, and again after a restart") {
    const Directory directory;
    {
        const auto spool = open(directory);
        append(*spool, numbered(0, 200));
        CHECK(all(*spool) == numbered(0, 200));
        REQUIRE(spool->sync());
    }
    CHECK(directory.files().size() > 5);
    const auto spool = open(directory);
    CHECK(spool->found().cut_bytes == 0);
    CHECK(spool->found().bytes == spool->waiting_bytes());
    append(*spool, numbered(200, 220));
    CHECK(all(*spool, 1) == numbered(0, 220));
    CHECK(all(*spool, 1 << 20) == numbered(0, 220));
}

TEST_CASE("what was released is not read again, and its files are gone") {
    const Directory directory;
    const auto before = [&] {
        const auto spool = open(directory);
        append(*spool, numbered(0, 200));
        const auto files = directory.files().size();
        std::size_t released = 0;
        while (released < 60) {
            const auto batch = spool->read(spool->released(), 3000).value();
            REQUIRE(spool->release(batch.end));
            released += batch.records.size();
        }
        CHECK(directory.files().size() < files);
        return static_cast<int>(released);
    }();
    const auto spool = open(directory);
    CHECK(all(*spool) == numbered(before, 200));
    while (spool->waiting_bytes() > 0) {
        REQUIRE(spool->release(spool->read(spool->released(), 1 << 20).value().end));
    }
    CHECK(all(*spool).empty());
    append(*spool, numbered(0, 3));
    CHECK(all(*spool) == numbered(0, 3));
}

TEST_CASE("a torn end is cut at the last whole record, wherever it was torn") {
    const Directory directory;
    append(*open(directory, 1 << 20), numbered(0, 20));
    const auto file = directory.files().at(0);
    const auto whole = std::filesystem::file_size(file);
    const auto last = kHeadBytes + numbered(19, 20)[0].size();
    for (std::size_t torn = 1; torn <= last; ++torn) {
        std::filesystem::resize_file(file, whole - torn);
        {
            const auto spool = open(directory, 1 << 20);
            CHECK(all(*spool) == numbered(0, 19));
            CHECK(spool->found().cut_bytes == last - torn);
            append(*spool, numbered(19, 20));
        }
        CHECK(std::filesystem::file_size(file) == whole);
    }
}

TEST_CASE("garbage behind the last whole record is cut, also where a power cut left zeros") {
    for (const std::string& garbage :
         {std::string(100, '\0'), std::string("garbage of any kind"), std::string(7, 'x')}) {
        const Directory directory;
        append(*open(directory), numbered(0, 5));
        std::ofstream(directory.files().at(0), std::ios::app | std::ios::binary) << garbage;
        const auto spool = open(directory);
        CHECK(all(*spool) == numbered(0, 5));
        CHECK(spool->found().cut_bytes == garbage.size());
    }
}

TEST_CASE("a damaged record costs the rest of its file, and that is told") {
    const Directory directory;
    append(*open(directory), numbered(0, 200));
    const auto file = directory.files().at(2);
    {
        std::fstream io(file, std::ios::in | std::ios::out | std::ios::binary);
        io.seekp(500);
        io << "damaged";
    }
    const auto spool = open(directory);
    std::uint64_t damaged = 0;
    std::vector<std::string> records;
    for (auto from = spool->released();;) {
        const auto batch = spool->read(from, 300).value();
        if (batch.end == from) {
            break;
        }
        damaged += batch.damaged_bytes;
        records.insert(records.end(), batch.records.begin(), batch.records.end());
        from = batch.end;
    }
    CHECK(damaged > 100);
    CHECK(damaged < 1100);
    CHECK(records.size() > 180);
    CHECK(records.back() == numbered(199, 200)[0]);
    CHECK(std::is_sorted(records.begin(), records.end(), [](const auto& one, const auto& other) {
        return std::atoi(one.c_str() + 7) < std::atoi(other.c_str() + 7);
    }));
}

TEST_CASE("no more is taken than may wait, and again when some was released") {
    const Directory directory;
    const auto spool = open(directory, 1000, 5000);
    int taken = 0;
    auto refused = spool->append("record");
    while (refused) {
        ++taken;
        refused = spool->append("record");
    }
    CHECK(refused.error().refusal == Refusal::full);
    CHECK(spool->waiting_bytes() <= 5000);
    CHECK(taken == 5000 / 14);
    const auto batch = spool->read(spool->released(), 1000).value();
    REQUIRE(spool->release(batch.end));
    CHECK(spool->append("record"));
}

TEST_CASE("a record that the disk refuses is refused whole, and those around it are kept") {
    const Directory directory;
    auto spool = open(directory, 1 << 20);
    append(*spool, numbered(0, 10));
    rlimit before{};
    REQUIRE(getrlimit(RLIMIT_FSIZE, &before) == 0);
    const auto old = std::signal(SIGXFSZ, SIG_IGN);
    const rlimit small{.rlim_cur = 1000, .rlim_max = before.rlim_max};
    REQUIRE(setrlimit(RLIMIT_FSIZE, &small) == 0);
    const auto refused = spool->append(std::string(2000, 'x'));
    REQUIRE(setrlimit(RLIMIT_FSIZE, &before) == 0);
    std::signal(SIGXFSZ, old);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().refusal == Refusal::disk);
    append(*spool, numbered(10, 12));
    CHECK(all(*spool) == numbered(0, 12));
    spool.reset();
    CHECK(all(*open(directory)) == numbered(0, 12));
}

TEST_CASE("what is damaged of what was read does not cost what waits behind it") {
    const Directory directory;
    {
        const auto spool = open(directory, 1 << 20);
        append(*spool, numbered(0, 20));
        REQUIRE(spool->release(spool->read(spool->released(), 200)->end));
    }
    {
        std::fstream io(directory.files().at(0), std::ios::in | std::ios::out | std::ios::binary);
        io.seekp(30);
        io << 'X';
    }
    const auto spool = open(directory, 1 << 20);
    CHECK(spool->found().cut_bytes == 0);
    const auto waiting = all(*spool);
    REQUIRE(waiting.size() > 5);
    CHECK(waiting.back() == numbered(19, 20)[0]);
    // Who has to read it again gets what is whole, and goes on at the mark.
    const auto again = spool->read({.file = spool->released().file, .offset = 0}, 1 << 20).value();
    CHECK(again.damaged_bytes > 0);
    CHECK(again.end == spool->released());
}

TEST_CASE("a spool has one id for as long as what is in it lasts") {
    const Directory directory;
    auto spool = open(directory);
    const auto id = spool->id();
    CHECK(id.size() == 16);
    append(*spool, numbered(0, 5));
    spool.reset();
    spool = open(directory);
    CHECK(spool->id() == id);
    CHECK(spool->found().end > Position{.file = 1, .offset = 0});
    spool.reset();
    std::filesystem::remove(directory.files().at(0));
    CHECK(open(directory)->id() != id);
    const Directory other;
    CHECK(open(other)->id() != id);
}

TEST_CASE("two don't share a directory") {
    const Directory directory;
    auto one = open(directory);
    const auto other = Spool::open({directory.path, 1000, 1000});
    REQUIRE_FALSE(other);
    CHECK(other.error().text.find("in use by another process") != std::string::npos);
    one.reset();
    CHECK(Spool::open({directory.path, 1000, 1000}));
}

TEST_CASE("a mark that makes no sense means: from the beginning") {
    const Directory directory;
    {
        const auto spool = open(directory);
        append(*spool, numbered(0, 5));
        REQUIRE(spool->release(spool->read(spool->released(), 40).value().end));
        CHECK(all(*spool).size() < 5);
    }
    for (const char* nonsense : {"", "hello", "1", "1 999999 .", "77 0 .", "-1 -1 ."}) {
        std::ofstream(directory.path / "mark") << nonsense;
        const auto records = all(*open(directory));
        CHECK((records == numbered(0, 5) || records.empty()));
    }
}

TEST_CASE("one appends, another reads and releases: nothing is lost, nothing comes twice") {
    const Directory directory;
    const auto spool = open(directory, 4000, 20'000);
    constexpr int kRecords = 20'000;
    std::thread writer([&] {
        for (int i = 0; i < kRecords;) {
            if (spool->append("record " + std::to_string(i))) {
                ++i;
            } else {
                std::this_thread::yield();
            }
        }
    });
    int next = 0;
    bool in_order = true;
    while (next < kRecords) {
        const auto batch = spool->read(spool->released(), 700).value();
        for (const auto& record : batch.records) {
            in_order = in_order && record == "record " + std::to_string(next++);
        }
        REQUIRE(spool->release(batch.end));
    }
    writer.join();
    CHECK(in_order);
    CHECK(next == kRecords);
    CHECK(spool->waiting_bytes() == 0);
}

TEST_CASE("any way of appending, reading, releasing and restarting keeps what was not released") {
    std::mt19937 random(7);
    const auto whole = [&](int low, int high) {
        return std::uniform_int_distribution<int>(low, high)(random);
    };
    for (int run = 0; run < 30; ++run) {
        const Directory directory;
        auto spool = open(directory, static_cast<std::uint64_t>(whole(50, 3000)));
        std::vector<std::string> expected;
        int number = 0;
        for (int step = 0; step < 60; ++step) {
            switch (whole(0, 3)) {
                case 0: {
                    const auto more = numbered(number, number + whole(1, 40));
                    number += static_cast<int>(more.size());
                    append(*spool, more);
                    expected.insert(expected.end(), more.begin(), more.end());
                    break;
                }
                case 1: {
                    const auto batch =
                        spool->read(spool->released(), static_cast<std::uint64_t>(whole(1, 2000))).value();
                    REQUIRE(spool->release(batch.end));
                    expected.erase(expected.begin(),
                                   expected.begin() + static_cast<std::ptrdiff_t>(batch.records.size()));
                    break;
                }
                case 2:
                    REQUIRE(spool->sync());
                    break;
                default:
                    spool.reset();
                    spool = open(directory, static_cast<std::uint64_t>(whole(50, 3000)));
            }
            REQUIRE(all(*spool, static_cast<std::uint64_t>(whole(1, 500))) == expected);
        }
    }
}
