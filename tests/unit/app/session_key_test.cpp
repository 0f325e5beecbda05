// SPDX-License-Identifier: Apache-2.0
#include "app/session_key.hpp"
#include "support/catch.hpp"
#include "support/temp_dir.hpp"

#include <sys/stat.h>

#include <fstream>

using namespace meshhost;
using app::session_key_file;

namespace {

session_key_file in(const test::temp_dir& dir) {
    return {dir.path(), logger("test")};
}

auto opened_in(const test::temp_dir& dir) {
    return in(dir).open().value;
}

/// As a host has it.
struct own_files {
    mode_t before = ::umask(077);
    ~own_files() { ::umask(before); }
};

}  // namespace

TEST_CASE("session key: the next start has the same, another directory another", "[app]") {
    const own_files mask;
    const test::temp_dir dir;
    const test::temp_dir other;
    const auto key = opened_in(dir);
    CHECK(opened_in(dir) == key);
    CHECK(opened_in(other) != key);
    const auto next = in(dir).replace().value;
    CHECK(next != key);
    CHECK(opened_in(dir) == next);
}

TEST_CASE("session key: a file that is none, or anybody's, gives way to one that is", "[app]") {
    const own_files mask;
    const test::temp_dir dir;
    const auto file = dir / "dashboard.key";
    for (const auto* text : {"", "\n", "no key", "00", "00000000000000000000000000000000"}) {
        std::ofstream(file, std::ios::trunc) << text;
        const auto key = opened_in(dir);
        CHECK(key != observe::session_key().value);
        CHECK(opened_in(dir) == key);
    }
    const auto key = opened_in(dir);
    std::filesystem::permissions(file, std::filesystem::perms(0644));
    CHECK(opened_in(dir) != key);
}

TEST_CASE("session key: where nothing can be kept, there is one all the same", "[app]") {
    const session_key_file nowhere("/nonexistent/directory", logger("test"));
    CHECK(nowhere.open().value != nowhere.open().value);
}
