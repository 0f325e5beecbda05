// SPDX-License-Identifier: Apache-2.0
#include "process/whole_file.hpp"
#include "support/catch.hpp"
#include "support/temp_dir.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <fstream>

using namespace meshhost;

TEST_CASE("whole file: what was put there is there, and nothing beside it", "[process]") {
    const test::temp_dir dir;
    const auto file = dir / "some.json";
    CHECK(process::read_whole(file, 10) == std::nullopt);
    CHECK(process::replace_whole(file, "first"));
    CHECK(process::replace_whole(file, std::string("a\0b", 3)));
    CHECK(process::read_whole(file, 10) == std::string("a\0b", 3));
    CHECK_FALSE(std::filesystem::exists(dir / "some.json.new"));
}

TEST_CASE("whole file: one that is too long is not read", "[process]") {
    const test::temp_dir dir;
    const auto file = dir / "some.json";
    std::ofstream(file) << "0123456789";
    CHECK(process::read_whole(file, 9) == std::nullopt);
    CHECK(process::read_whole(file, 10) == "0123456789");
}

TEST_CASE("whole file: a pipe that nobody writes to is none", "[process]") {
    const test::temp_dir dir;
    REQUIRE(::mkfifo((dir / "pipe").c_str(), 0600) == 0);
    CHECK(process::read_whole(dir / "pipe", 10) == std::nullopt);
}

TEST_CASE("whole file: what cannot be written changes nothing", "[process]") {
    const test::temp_dir dir;
    CHECK_FALSE(process::replace_whole(dir / "not" / "there", "text"));
    CHECK(errno == ENOENT);
    // A directory in its place: the new one is whole by then, and of no use.
    std::filesystem::create_directory(dir / "taken");
    std::ofstream(dir / "taken" / "by") << "another";
    CHECK_FALSE(process::replace_whole(dir / "taken", "text"));
    CHECK(errno != 0);
    CHECK_FALSE(std::filesystem::exists(dir / "taken.new"));
}
