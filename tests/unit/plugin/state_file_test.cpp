// SPDX-License-Identifier: Apache-2.0
#include "plugin/state_file.hpp"
#include "support/catch.hpp"
#include "support/temp_dir.hpp"

#include <fstream>

using namespace meshhost;
using namespace meshhost::plugin;

namespace {

proto::state_write text(std::string_view from) {
    const bytes_view bytes = as_bytes(from);
    return byte_buffer(bytes.begin(), bytes.end());
}

std::string read(state_file& file, std::string_view key) {
    byte_buffer into(4096);
    const auto size = file.read(key, into);
    REQUIRE(size.has_value());
    return *size ? std::string(as_text(bytes_view(into).first(**size))) : "none";
}

}  // namespace

TEST_CASE("state file: what was applied is there for the next one", "[plugin]") {
    const test::temp_dir directory;
    const auto path = directory.path() / "state.db";
    {
        auto file = state_file::open(path);
        REQUIRE(file.has_value());
        REQUIRE(file->apply({{"b", text("two")}, {"a", text("one")}, {"e", text("")}}).has_value());
        REQUIRE(file->apply({{"a", std::nullopt}, {"c", text("three")}}).has_value());
        CHECK(*file->used() == 11);
    }
    auto file = state_file::open(path);
    REQUIRE(file.has_value());
    CHECK(read(*file, "a") == "none");
    CHECK(read(*file, "b") == "two");
    CHECK(read(*file, "e").empty());
    CHECK(**file->next_key("", false) == "b");
    CHECK(**file->next_key("b", true) == "c");
    CHECK(**file->next_key("c", false) == "c");
    CHECK_FALSE(*file->next_key("e", true));
    byte_buffer small(2, 0);
    CHECK(**file->read("b", small) == 3);
    CHECK(small == byte_buffer(2, 0));
}

TEST_CASE("state file: a reader sees whole commits while another writes", "[plugin]") {
    const test::temp_dir directory;
    auto reader = state_file::open(directory.path() / "state.db");
    auto writer = state_file::open(directory.path() / "state.db");
    REQUIRE(reader.has_value());
    REQUIRE(writer.has_value());
    REQUIRE(writer->apply({{"a", text("1")}}).has_value());
    CHECK(read(*reader, "a") == "1");
    REQUIRE(writer->apply({{"a", text("2")}}).has_value());
    CHECK(read(*reader, "a") == "2");
}

TEST_CASE("state file: a damaged one is told from one that cannot be opened", "[plugin]") {
    const test::temp_dir directory;
    const auto path = directory.path() / "state.db";
    std::ofstream(path) << std::string(8192, 'x');
    const auto opened = state_file::open(path);
    REQUIRE_FALSE(opened.has_value());
    CHECK(opened.error().code == MESH_E_IO);
    CHECK(state_file::is_damaged(opened.error()));
    const auto aside = set_aside(path);
    CHECK(aside.filename() == "state.db.damaged-1");
    CHECK(std::filesystem::exists(aside));
    CHECK(state_file::open(path).has_value());
    std::ofstream(path) << std::string(8192, 'y');
    CHECK(set_aside(path).filename() == "state.db.damaged-2");

    const auto missing = state_file::open(directory.path() / "nowhere" / "state.db");
    REQUIRE_FALSE(missing.has_value());
    CHECK_FALSE(state_file::is_damaged(missing.error()));
}

TEST_CASE("state file: one torn page is found when it is opened", "[plugin]") {
    const test::temp_dir directory;
    const auto path = directory.path() / "state.db";
    {
        auto file = state_file::open(path);
        REQUIRE(file.has_value());
        proto::state_batch batch;
        for (int i = 0; i < 400; ++i)
            batch.emplace("key" + std::to_string(i), text(std::string(100, 'v')));
        REQUIRE(file->apply(batch).has_value());
    }
    {
        std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(4096 * 3);
        file << std::string(4096, '\xff');
    }
    const auto opened = state_file::open(path);
    REQUIRE_FALSE(opened.has_value());
    CHECK(state_file::is_damaged(opened.error()));
}
