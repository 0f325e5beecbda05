// SPDX-License-Identifier: Apache-2.0
#include "http/unix_listener.hpp"
#include "support/catch.hpp"
#include "support/temp_dir.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

using namespace meshhost;
using http::unix_listener;

namespace {

mode_t mode_of(const std::filesystem::path& path) {
    struct stat found {};
    REQUIRE(::lstat(path.c_str(), &found) == 0);
    return found.st_mode & 07777;
}

std::size_t files_in(const std::filesystem::path& directory) {
    const std::filesystem::directory_iterator begin(directory);
    return static_cast<std::size_t>(std::distance(begin, std::filesystem::directory_iterator()));
}

}  // namespace

TEST_CASE("http: the socket is 0600 in a 0700 directory, whatever the umask", "[http]") {
    const mode_t mask = GENERATE(0, 022, 0777);
    test::temp_dir directory;
    const auto path = directory / "run" / "host.sock";
    const mode_t before = ::umask(mask);
    const auto claimed = unix_listener::claim(path);
    ::umask(before);
    REQUIRE(claimed.has_value());
    CHECK(mode_of(path) == 0600);
    CHECK(mode_of(path.parent_path()) == 0700);
}

TEST_CASE("http: the socket goes away with its owner and leaves nothing", "[http]") {
    test::temp_dir directory;
    {
        const auto claimed = unix_listener::claim(directory / "host.sock");
        REQUIRE(claimed.has_value());
        CHECK(files_in(directory.path()) == 1);
    }
    CHECK(files_in(directory.path()) == 0);
}

TEST_CASE("http: a living owner keeps its name", "[http]") {
    test::temp_dir directory;
    const auto first = unix_listener::claim(directory / "alpha.sock");
    REQUIRE(first.has_value());
    const auto second = unix_listener::claim(directory / "alpha.sock");
    REQUIRE(second.has_error());
    CHECK(second.error().code == "E_INSTANCE_RUNNING");
    CHECK(second.error().message.find("instance alpha") != std::string::npos);
    CHECK(second.error().hint.find("--instance") != std::string::npos);
    CHECK(std::filesystem::exists(directory / "alpha.sock"));
}

TEST_CASE("http: a dead owner's socket is replaced", "[http]") {
    test::temp_dir directory;
    const auto path = directory / "host.sock";
    {
        auto dead = unix_listener::claim(directory / "other.sock");
        REQUIRE(dead.has_value());
        std::filesystem::rename(directory / "other.sock", path);
    }
    REQUIRE(std::filesystem::exists(path));
    const auto claimed = unix_listener::claim(path);
    CHECK(claimed.has_value());
}

TEST_CASE("http: an owner that was replaced leaves its successor alone", "[http]") {
    test::temp_dir directory;
    const auto path = directory / "host.sock";
    auto first = unix_listener::claim(path);
    REQUIRE(first.has_value());
    std::filesystem::remove(path);
    const auto second = unix_listener::claim(path);
    REQUIRE(second.has_value());
    first->remove_name();
    CHECK(std::filesystem::exists(path));
}

TEST_CASE("http: what is no socket is never removed", "[http]") {
    test::temp_dir directory;
    const auto path = directory / "host.sock";
    std::ofstream(path) << "precious";
    const auto claimed = unix_listener::claim(path);
    REQUIRE(claimed.has_error());
    CHECK(claimed.error().code == "E_SOCKET_PATH");
    CHECK(std::filesystem::file_size(path) == 8);
}

TEST_CASE("http: a directory where others may write is refused", "[http]") {
    test::temp_dir directory;
    ::chmod(directory.path().c_str(), 0777);
    const auto claimed = unix_listener::claim(directory / "host.sock");
    REQUIRE(claimed.has_error());
    CHECK(claimed.error().code == "E_SOCKET_DIRECTORY");
    CHECK(claimed.error().exit == exit_code::not_permitted);
}

TEST_CASE("http: where no socket can be made, the remedy is another place for it", "[http]") {
    const auto claimed = http::unix_listener::claim("/proc/none/host.sock");
    REQUIRE(claimed.has_error());
    CHECK(claimed.error().code == "E_SOCKET_IO");
    CHECK(claimed.error().hint.find("[admin] socket") != std::string::npos);
}

TEST_CASE("http: a path too long for a socket is an error and leaves nothing", "[http]") {
    test::temp_dir directory;
    const auto claimed = unix_listener::claim(directory / (std::string(120, 'x') + ".sock"));
    REQUIRE(claimed.has_error());
    CHECK(claimed.error().code == "E_SOCKET_PATH");
    CHECK(files_in(directory.path()) == 0);
}
