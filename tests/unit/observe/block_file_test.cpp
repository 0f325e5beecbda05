// SPDX-License-Identifier: Apache-2.0
#include "observe/block_file.hpp"
#include "support/catch.hpp"
#include "support/temp_dir.hpp"

#include <deque>
#include <random>
#include <string>

using namespace meshhost;
using observe::block_file;
using observe::proto::block;

TEST_CASE("observe: a file's blocks are as they were put, round and round", "[observe]") {
    const test::temp_dir dir;
    constexpr std::size_t room = 1000;
    const auto file = block_file::open(dir.path(), room);
    REQUIRE(file);
    CHECK(std::filesystem::is_empty(dir.path()));  // it has no name any more
    std::mt19937 random(5);
    std::deque<std::pair<block, std::string>> held;
    std::size_t dropped = 0;
    for (int i = 0; i < 5000; ++i) {
        const std::string bytes(1 + random() % 300, static_cast<char>('a' + i % 26));
        auto place = file->put(bytes);
        while (!place) {
            REQUIRE_FALSE(held.empty());
            file->drop(held.front().first);
            held.pop_front();
            ++dropped;
            place = file->put(bytes);
        }
        held.emplace_back(*place, bytes);
        for (const auto& [where, text] : held)
            REQUIRE(file->get(where) == text);
    }
    CHECK(dropped > 4000);
    while (!held.empty()) {
        file->drop(held.front().first);
        held.pop_front();
    }
    CHECK(file->put(std::string(room, 'z')).has_value());
    CHECK_FALSE(file->put("x").has_value());
    CHECK_FALSE(file->put(std::string(room + 1, 'z')).has_value());
}

TEST_CASE("observe: a directory that is none has no file for blocks", "[observe]") {
    const test::temp_dir dir;
    CHECK(block_file::open(dir / "none", 1000) == nullptr);
}
