// SPDX-License-Identifier: Apache-2.0
#include "observe/event_files.hpp"
#include "observe/proto/event_line.hpp"
#include "support/catch.hpp"
#include "support/temp_dir.hpp"

#include <algorithm>
#include <fstream>
#include <string>

using namespace meshhost;
using observe::event_files;
using observe::file_limits;
using telemetry::event_journal;

namespace {

constexpr time_point start{100s};

telemetry::event event_with(std::string reason) {
    telemetry::event out;
    out.type = telemetry::event_type::peer_path;
    out.at = 1'700'000'000'123ms;
    out.peer = std::string(64, 'a');
    out.name = "gateway-01";
    out.from = "relayed";
    out.to = "direct 192.0.2.7:4433";
    out.reason = std::move(reason);
    return out;
}

void append(event_journal& journal, int from, int to) {
    for (int i = from; i <= to; ++i)
        journal.append(event_with(std::to_string(i)));
}

std::vector<std::string> reasons(const std::vector<telemetry::event>& all) {
    std::vector<std::string> out;
    for (const auto& each : all)
        out.push_back(each.reason);
    return out;
}

std::uint64_t count(const event_files& of, const std::string& name) {
    for (const auto& [key, value] : of.counters())
        if (key == name) return value;
    FAIL("no counter " << name);
    return 0;
}

std::vector<std::filesystem::path> files_in(const std::filesystem::path& directory) {
    std::vector<std::filesystem::path> all;
    for (const auto& each : std::filesystem::directory_iterator(directory))
        all.push_back(each.path());
    std::sort(all.begin(), all.end());
    return all;
}

using texts = std::vector<std::string>;

}  // namespace

TEST_CASE("event files: an event is a line, and back", "[observe]") {
    auto event = event_with("\"quoted\"\nand \u00e9");
    event.sequence = 812;
    const auto line = observe::proto::line_of(event);
    CHECK(std::count(line.begin(), line.end(), '\n') == 1);
    const auto back = observe::proto::event_of(line);
    REQUIRE(back);
    CHECK(back->sequence == 812);
    CHECK(back->type == event.type);
    CHECK(back->at == event.at);
    CHECK(back->peer == event.peer);
    CHECK(back->name == event.name);
    CHECK(back->from == event.from);
    CHECK(back->to == event.to);
    CHECK(back->reason == event.reason);
    CHECK(observe::proto::event_of(line, 3)->peer == "aaa");
}

TEST_CASE("event files: other lines are none", "[observe]") {
    for (const char* line :
         {"",
          "{",
          "[]",
          "7",
          R"({"seq":1,"unix_ms":2})",
          R"({"seq":1,"unix_ms":2,"type":"of tomorrow"})",
          R"({"seq":0,"unix_ms":2,"type":"peer.state"})",
          R"({"seq":-1,"unix_ms":2,"type":"peer.state"})",
          R"({"seq":"1","unix_ms":2,"type":"peer.state"})",
          R"({"seq":1,"unix_ms":"x","type":"peer.state"})"})
        CHECK_FALSE(observe::proto::event_of(line));
    CHECK(observe::proto::event_of(R"({"seq":1,"unix_ms":2,"type":"peer.state","peer":7})"));
}

TEST_CASE("event files: the next run has what the last one kept", "[observe]") {
    const test::temp_dir dir;
    event_journal journal;
    event_files files(dir / "events");
    CHECK(files.read(100).empty());
    append(journal, 1, 3);
    files.keep(journal, start);
    append(journal, 4, 5);
    files.keep(journal, start);
    files.keep(journal, start);
    CHECK(count(files, "written") == 5);

    event_files after(dir / "events");
    event_journal again;
    again.restore(after.read(100));
    after.begin(again.next());
    CHECK(again.oldest() == 1);
    CHECK(again.next() == 6);
    CHECK(again.find(4)->reason == "4");
    append(again, 6, 6);
    after.keep(again, start);
    CHECK(count(after, "written") == 1);
    CHECK(reasons(event_files(dir / "events").read(2)) == texts{"5", "6"});
    CHECK(files_in(dir / "events").size() == 1);
}

TEST_CASE("event files: events keep their numbers, without gaps", "[observe]") {
    auto a = event_with("a");
    auto b = event_with("b");
    a.sequence = 10;
    b.sequence = 20;
    event_journal journal;
    journal.restore({a, b});
    CHECK(journal.oldest() == 19);
    CHECK(journal.next() == 21);
    CHECK(journal.find(20)->reason == "b");
    event_journal few;
    b.sequence = 1;
    few.restore({a, a, b});
    CHECK(few.oldest() == 1);
    CHECK(few.next() == 4);
}

TEST_CASE("event files: a line that was torn costs that line", "[observe]") {
    const test::temp_dir dir;
    {
        event_journal journal;
        event_files files(dir / "events");
        append(journal, 1, 3);
        files.keep(journal, start);
    }
    const auto file = files_in(dir / "events").at(0);
    std::filesystem::resize_file(file, std::filesystem::file_size(file) - 5);
    event_files files(dir / "events");
    event_journal journal;
    journal.restore(files.read(100));
    CHECK(journal.size() == 2);
    CHECK(count(files, "torn_lines") == 1);
    // What is written next begins a line of its own.
    files.begin(journal.next());
    append(journal, 9, 9);
    files.keep(journal, start);
    CHECK(reasons(event_files(dir / "events").read(100)) == texts{"1", "2", "9"});
}

TEST_CASE("event files: segments are begun when full, and the oldest goes", "[observe]") {
    const test::temp_dir dir;
    event_journal journal;
    const std::size_t line = observe::proto::line_of(event_with("1000")).size();
    const file_limits limits{.segment_bytes = 10 * line, .total_bytes = 35 * line};
    event_files files(dir / "events", limits);
    for (int i = 1001; i <= 1100; ++i) {
        append(journal, i, i);
        files.keep(journal, start);
        std::uintmax_t bytes = 0;
        for (const auto& each : files_in(dir / "events"))
            bytes += std::filesystem::file_size(each);
        REQUIRE(bytes <= limits.total_bytes);
        REQUIRE(count(files, "file_bytes") == bytes);
    }
    const auto kept = event_files(dir / "events", limits).read(1000);
    CHECK(kept.back().reason == "1100");
    CHECK(kept.size() >= 20);
    CHECK(kept.front().reason == std::to_string(1101 - kept.size()));
}

TEST_CASE("event files: so much is read at a start, and no more", "[observe]") {
    const test::temp_dir dir;
    event_journal journal;
    const std::size_t line = observe::proto::line_of(event_with("1000")).size();
    const file_limits limits{.segment_bytes = 10 * line, .restored_bytes = 25 * line};
    {
        event_files files(dir / "events", limits);
        for (int i = 1001; i <= 1100; ++i) {
            append(journal, i, i);
            files.keep(journal, start);
        }
    }
    CHECK(event_files(dir / "events", limits).read(7).size() == 7);
    const auto all = event_files(dir / "events", limits).read(1000);
    CHECK(all.size() <= 30);
    CHECK(all.size() >= 20);
    CHECK(all.back().reason == "1100");
}

TEST_CASE("event files: a directory that cannot be written is tried again", "[observe]") {
    const test::temp_dir dir;
    std::ofstream(dir / "events") << "in the way";
    event_journal journal({.events_max = 4});
    event_files files(dir / "events");
    CHECK(files.read(100).empty());
    append(journal, 1, 2);
    files.keep(journal, start);
    CHECK(count(files, "write_failures") == 1);
    CHECK_THAT(files.trouble(), Catch::Contains("cannot be written"));
    files.keep(journal, start + 1s);  // not yet
    CHECK(count(files, "write_failures") == 1);
    append(journal, 3, 6);  // 1 and 2 give way
    std::filesystem::remove(dir / "events");
    files.keep(journal, start + 10s);
    CHECK(files.trouble().empty());
    CHECK(count(files, "lost") == 2);
    CHECK(reasons(event_files(dir / "events").read(100)) == texts{"3", "4", "5", "6"});
}

TEST_CASE("event files: others' files are left alone", "[observe]") {
    const test::temp_dir dir;
    std::filesystem::create_directory(dir / "events");
    for (const char* name : {"notes.txt", "events-.jsonl", "events-x.jsonl", "events-1.jsonl.old"})
        std::ofstream(dir / "events" / name) << "text";
    std::filesystem::create_directory(dir / "events" / "events-7.jsonl");
    event_journal journal;
    event_files files(dir / "events", {.segment_bytes = 1, .total_bytes = 1});
    append(journal, 1, 3);
    for (int i = 0; i < 3; ++i)
        files.keep(journal, start);
    CHECK(files_in(dir / "events").size() == 6);
}
