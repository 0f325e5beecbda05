// SPDX-License-Identifier: Apache-2.0
#include "plugin/sealed_image.hpp"
#include "support/catch.hpp"
#include "support/temp_dir.hpp"

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <set>

using namespace meshhost;
using namespace meshhost::plugin;

namespace {

std::string write_file(const test::temp_dir& dir, const std::string& text) {
    const auto path = (dir / "file").string();
    std::ofstream(path) << text;
    ::chmod(path.c_str(), 0644);
    return path;
}

}  // namespace

TEST_CASE("sealed image: it keeps what the file was", "[plugin]") {
    const test::temp_dir dir;
    const auto path = write_file(dir, "first");
    const auto image = sealed_image::copy_of(path);
    REQUIRE(image.has_value());
    std::ofstream(path) << "other";
    CHECK(as_text(image->bytes()) == "first");
    // The loader would take a path that it knows for what it has loaded already.
    std::set<std::string> known;
    for (int i = 0; i < 40; ++i) {
        const std::string again = image->loader_path();
        CHECK(std::filesystem::exists(again));
        CHECK(known.insert(again).second);
    }
}

TEST_CASE("sealed image: nobody can change it", "[plugin]") {
    const test::temp_dir dir;
    const auto image = sealed_image::copy_of(write_file(dir, "first"));
    REQUIRE(image.has_value());
    CHECK(::write(image->fd(), "x", 1) == -1);
    CHECK(::ftruncate(image->fd(), 0) == -1);
    CHECK(::mmap(nullptr, 5, PROT_WRITE, MAP_SHARED, image->fd(), 0) == MAP_FAILED);
}

TEST_CASE("sealed image: a file that is not sealed is not adopted", "[plugin]") {
    CHECK(sealed_image::adopt(unique_fd(::memfd_create("open", MFD_CLOEXEC))).has_error());
    CHECK(sealed_image::adopt(unique_fd()).has_error());
}

TEST_CASE("sealed image: an empty file is an empty image", "[plugin]") {
    const test::temp_dir dir;
    const auto image = sealed_image::copy_of(write_file(dir, ""));
    REQUIRE(image.has_value());
    CHECK(image->bytes().empty());
}
