// SPDX-License-Identifier: Apache-2.0
#include "config/paths.hpp"
#include "config/surroundings.hpp"
#include "support/catch.hpp"
#include "support/temp_dir.hpp"

#include <sys/stat.h>
#include <unistd.h>

using namespace meshhost;
using namespace meshhost::config;
namespace fs = std::filesystem;

namespace {

surroundings user(environment_list environment = {}, fs::path home = "/home/x") {
    return {
        .environment = std::move(environment),
        .user_id = 1000,
        .home = std::move(home),
        .executable = "/opt/m/bin/meshhost",
        .host_name = "box"};
}

surroundings root(environment_list environment = {}) {
    surroundings around = user(std::move(environment), "/root");
    around.user_id = 0;
    return around;
}

mode_t mode_of(const fs::path& path) {
    struct stat entry {};
    REQUIRE(::stat(path.c_str(), &entry) == 0);
    return entry.st_mode & 07777;
}

}  // namespace

TEST_CASE("config: state lies where systemd, root or the user keep it", "[config]") {
    const environment_list xdg{{"XDG_STATE_HOME", "/home/x/s"}};
    CHECK(default_data_dir(root(), "i") == "/var/lib/meshhost/i");
    CHECK(default_data_dir(root(xdg), "i") == "/var/lib/meshhost/i");
    CHECK(default_data_dir(user(xdg), "i") == "/home/x/s/meshhost/i");
    CHECK(default_data_dir(user(), "i") == "/home/x/.local/state/meshhost/i");
    const environment_list systemd{{"STATE_DIRECTORY", "/var/lib/meshhost/i:/var/lib/other"}};
    CHECK(default_data_dir(user(systemd), "i") == "/var/lib/meshhost/i");
}

TEST_CASE("config: state has a place in the barest environment", "[config]") {
    CHECK(default_data_dir(user({}, ""), "i") == "/tmp/meshhost-1000/i");
    CHECK(default_data_dir(user({}, "relative"), "i") == "/tmp/meshhost-1000/i");
    const environment_list odd{{"XDG_STATE_HOME", "relative"}, {"STATE_DIRECTORY", ""}};
    CHECK(default_data_dir(user(odd), "i") == "/home/x/.local/state/meshhost/i");
}

TEST_CASE("config: the socket lies where systemd, root or the user keep it", "[config]") {
    const environment_list xdg{{"XDG_RUNTIME_DIR", "/run/user/1000"}};
    CHECK(default_socket(root(xdg), "i") == "/run/meshhost/i.sock");
    CHECK(default_socket(user(xdg), "i") == "/run/user/1000/meshhost/i.sock");
    CHECK(default_socket(user(), "i") == "/tmp/meshhost-1000/i.sock");
    CHECK(default_socket(user({{"XDG_RUNTIME_DIR", "run"}}), "i") == "/tmp/meshhost-1000/i.sock");
    const environment_list systemd{{"RUNTIME_DIRECTORY", "/run/meshhost/i"}};
    CHECK(default_socket(user(systemd), "i") == "/run/meshhost/i/i.sock");
}

TEST_CASE(
    "config: a client looks in its own place first, then in those of the system",
    "[config]"
) {
    const environment_list xdg{{"XDG_RUNTIME_DIR", "/run/user/1000"}};
    CHECK(
        socket_candidates(user(xdg), "i")
        == std::vector<
            fs::path>{"/run/user/1000/meshhost/i.sock", "/run/meshhost/i.sock", "/run/meshhost/i/i.sock", "/tmp/meshhost-1000/i.sock"}
    );
    CHECK(
        socket_candidates(root(), "i")
        == std::vector<
            fs::path>{"/run/meshhost/i.sock", "/run/meshhost/i/i.sock", "/tmp/meshhost-0/i.sock"}
    );
}

TEST_CASE("config: plugins lie beside the program, in a build tree and installed", "[config]") {
    const test::temp_dir dir;
    surroundings around = user();
    around.executable = dir / "bin/meshhost";
    CHECK(default_plugin_dir(around) == dir / "lib/meshhost/plugins");
    fs::create_directories(dir / "plugins");
    CHECK(default_plugin_dir(around) == dir / "plugins");
}

TEST_CASE("config: a node is called after its machine and its instance", "[config]") {
    const auto name_of = [](const surroundings& around, const char* instance) {
        auto loaded = load_config({{}, {}, {std::string("node.instance=") + instance}});
        REQUIRE(loaded.has_value());
        fill_in_defaults(*loaded, around);
        return loaded->values.node.name;
    };
    surroundings around = user();
    CHECK(name_of(around, "default") == "box");
    CHECK(name_of(around, "two") == "box-two");
    around.host_name = "";
    CHECK(name_of(around, "two") == "two");
    around.host_name = std::string(64, 'h');
    CHECK(name_of(around, "two") == std::string(64, 'h'));
}

TEST_CASE("config: a private directory is made for this user alone", "[config]") {
    const test::temp_dir dir;
    REQUIRE(make_private_dir(dir / "a/b").has_value());
    CHECK(mode_of(dir / "a/b") == 0700);
    CHECK(make_private_dir(dir / "a/b").has_value());
}

TEST_CASE("config: a directory that others can meddle with is refused", "[config]") {
    const test::temp_dir dir;
    const auto code = [](const outcome<void>& made) {
        return made ? std::string("made") : made.error().code;
    };
    REQUIRE(make_private_dir(dir / "open").has_value());
    REQUIRE(::chmod((dir / "open").c_str(), 0777) == 0);
    CHECK(code(make_private_dir(dir / "open")) == "E_DIR_UNSAFE");
    REQUIRE(::chmod((dir / "open").c_str(), 01777) == 0);
    CHECK(code(make_private_dir(dir / "open")) == "made");  // sticky, as /tmp is
    REQUIRE(::symlink("/dev/null", (dir / "link").c_str()) == 0);
    CHECK(code(make_private_dir(dir / "link")) == "E_DIR_UNSAFE");
    CHECK(code(make_private_dir("/dev/null/x")) == "E_DIR");
    if (::geteuid() == 0) {
        REQUIRE(make_private_dir(dir / "theirs").has_value());
        REQUIRE(::chown((dir / "theirs").c_str(), 12345, 12345) == 0);
        CHECK(code(make_private_dir(dir / "theirs")) == "E_DIR_UNSAFE");
    }
}

TEST_CASE("config: this process knows its surroundings", "[config]") {
    const surroundings around = read_surroundings();
    CHECK(around.user_id == ::geteuid());
    CHECK(around.executable.is_absolute());
    CHECK_FALSE(around.variable("MESHHOST_NO_SUCH_VARIABLE").has_value());
}

TEST_CASE("config: a process without HOME finds it in the user database", "[config]") {
    const char* before = ::getenv("HOME");
    const std::string kept = before == nullptr ? "" : before;
    ::unsetenv("HOME");
    const surroundings around = read_surroundings();
    if (before != nullptr) ::setenv("HOME", kept.c_str(), 1);
    CHECK((around.home.empty() || around.home.is_absolute()));
    CHECK(default_data_dir(around, "i").is_absolute());
}
