// SPDX-License-Identifier: Apache-2.0
#include "config/config_files.hpp"
#include "support/temp_dir.hpp"
#include "tests/unit/config/loading.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

using namespace meshhost;
using namespace meshhost::config;
using namespace meshhost::config::test;
namespace fs = std::filesystem;

namespace {

void write(const fs::path& path, std::string_view text) {
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
}

surroundings somewhere() {
    return {
        .environment = {},
        .user_id = 1000,
        .home = "/home/x",
        .executable = "/usr/bin/meshhost",
        .host_name = "box"};
}

std::vector<std::string> refusals(const config_request& request) {
    const config_result read = read_config(request, somewhere());
    REQUIRE(read.has_error());
    std::vector<std::string> lines;
    for (const config_problem& problem : read.error().problems)
        lines.push_back(problem_line(problem));
    return lines;
}

/// Root reads everything, so a test of what may not be read has to be somebody else for a while.
class ordinary_user {
public:
    ordinary_user() {
        if (was_root_) REQUIRE(::seteuid(65534) == 0);
    }
    ordinary_user(const ordinary_user&) = delete;
    ordinary_user& operator=(const ordinary_user&) = delete;
    ~ordinary_user() {
        if (was_root_ && ::seteuid(0) != 0) std::abort();
    }

private:
    bool was_root_ = ::geteuid() == 0;
};

}  // namespace

TEST_CASE("config: files are read in the order given, then conf.d by name", "[config]") {
    const meshhost::test::temp_dir dir;
    write(dir / "a.toml", "net.port = 1\nquic.half_open_max = 1\nmesh.name = 'a'\n");
    write(dir / "b.toml", "net.port = 2\nmesh.name = 'b'\n");
    write(dir / "conf.d/20.toml", "net.port = 20\n");
    write(dir / "conf.d/10.toml", "net.port = 10\n");
    write(dir / "conf.d/30.conf", "not TOML");
    write(dir / "conf.d/.hidden.toml", "not TOML");
    const auto read = read_config({{dir / "a.toml", dir / "b.toml"}, {}}, somewhere());
    REQUIRE(read.has_value());
    CHECK(read->values.quic.half_open_max == 1);
    CHECK(read->values.mesh.name == "b");
    CHECK(read->values.net.port == 20);
    CHECK(find(*read, "net.port").origin == (dir / "conf.d/20.toml").string() + ":1:5");
}

TEST_CASE("config: empty paths and the node's name are filled in", "[config]") {
    const meshhost::test::temp_dir dir;
    write(dir / "a.toml", "");
    const auto read = read_config({{dir / "a.toml"}, {"node.instance=two"}}, somewhere());
    REQUIRE(read.has_value());
    CHECK(read->values.node.name == "box-two");
    CHECK(read->values.node.data_dir == "/home/x/.local/state/meshhost/two");
    CHECK(read->values.identity.key_file == "/home/x/.local/state/meshhost/two/secret.key");
    CHECK(read->values.admin.socket == "/tmp/meshhost-1000/two.sock");
    CHECK(read->values.plugins.dir == "/usr/lib/meshhost/plugins");
    CHECK(find(*read, "admin.socket").value == "/tmp/meshhost-1000/two.sock");
    CHECK(find(*read, "admin.socket").origin == "default");
}

TEST_CASE("config: the key file follows a data directory that is set", "[config]") {
    const meshhost::test::temp_dir dir;
    write(dir / "a.toml", "node.data_dir = '/srv/m'");
    const auto read = read_config({{dir / "a.toml"}, {}}, somewhere());
    REQUIRE(read.has_value());
    CHECK(read->values.identity.key_file == "/srv/m/secret.key");
}

TEST_CASE("config: a file that cannot be read is refused by its name", "[config]") {
    const meshhost::test::temp_dir dir;
    const std::string missing = (dir / "missing.toml").string();
    CHECK(
        refusals({{missing}, {}})
        == std::vector{missing + "  error  cannot be read: No such file or directory"}
    );
    CHECK(
        refusals({{dir.path()}, {}})
        == std::vector{dir.path().string() + "  error  is a directory, not a file"}
    );
    const std::string pipe = (dir / "pipe.toml").string();
    REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
    CHECK(refusals({{pipe}, {}}) == std::vector{pipe + "  error  is not a regular file"});
    const std::string large = (dir / "large.toml").string();
    write(large, std::string(config_file_bytes_max + 1, '#'));
    CHECK(refusals({{large}, {}}) == std::vector{large + "  error  is larger than 1 MiB"});
}

TEST_CASE("config: what may not be read is a matter of permission", "[config]") {
    const meshhost::test::temp_dir dir;
    REQUIRE(::chmod(dir.path().c_str(), 0711) == 0);
    const std::string secret = (dir / "secret.toml").string();
    write(secret, "");
    write(dir / "bad.toml", "net.port = -1");
    REQUIRE(::chmod(secret.c_str(), 0) == 0);
    const ordinary_user user;
    const auto read = read_config({{secret}, {}}, somewhere());
    REQUIRE(read.has_error());
    CHECK(exit_of(read.error()) == exit_code::not_permitted);
    CHECK(
        to_failure(read.error()).message
        == secret
               + "  error  cannot be read: Permission denied; make it readable for the user that"
                 " runs meshhost"
    );
    const auto both = read_config({{secret, dir / "bad.toml"}, {}}, somewhere());
    REQUIRE(both.has_error());
    CHECK(both.error().problems.size() == 2);
    CHECK(exit_of(both.error()) == exit_code::invalid);
}

TEST_CASE("config: a directory that may not be listed is not passed over", "[config]") {
    const meshhost::test::temp_dir dir;
    REQUIRE(::chmod(dir.path().c_str(), 0711) == 0);
    write(dir / "a.toml", "");
    write(dir / "conf.d/10.toml", "");
    REQUIRE(::chmod((dir / "conf.d").c_str(), 0) == 0);
    const ordinary_user user;
    const auto lines = refusals({{dir / "a.toml"}, {}});
    REQUIRE(lines.size() == 1);
    CHECK(lines[0].starts_with((dir / "conf.d").string() + "  error  cannot be read: Permission"));
}

TEST_CASE("config: problems of files, of values and of their fit are told together", "[config]") {
    const meshhost::test::temp_dir dir;
    write(dir / "a.toml", "net.port = -1");
    const auto lines = refusals({{dir / "missing.toml", dir / "a.toml"}, {"mesh.nam=x"}});
    REQUIRE(lines.size() == 3);
    CHECK(lines[0].find("missing.toml  error  cannot be read") != std::string::npos);
    CHECK(lines[1].find("a.toml:1:12  error") != std::string::npos);
    CHECK(lines[2].starts_with("--set mesh.nam=x  error"));
}

TEST_CASE("config: what does not fit is refused, what is only doubtful is a warning", "[config]") {
    const meshhost::test::temp_dir dir;
    write(dir / "a.toml", "");
    const config_request doubtful{{dir / "a.toml"}, {"quic.keep_alive=20s"}};
    const auto read = read_config(doubtful, somewhere());
    REQUIRE(read.has_value());
    REQUIRE(read->warnings.size() == 1);
    CHECK(read->warnings[0].severity == severity::warning);
    CHECK(refusals({{dir / "a.toml"}, {"quic.keep_alive=30s"}}).size() == 1);
}

TEST_CASE("config: a file name cannot break out of its line", "[config]") {
    CHECK(
        refusals({{"/nowhere/a\nb.toml"}, {}})
        == std::vector<std::string>{"\"/nowhere/a\\x0ab.toml\"  error  cannot be read: No such "
                                    "file or directory"}
    );
}
