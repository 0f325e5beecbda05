// SPDX-License-Identifier: Apache-2.0
// What a role in a process of its own can reach of its machine.
#include "plugin/proto/process_limits.hpp"
#include "plugin/proto/worker_reach.hpp"
#include "plugin/worker_groups.hpp"
#include "plugin/worker_sandbox.hpp"
#include "plugin_bench.hpp"
#include "support/catch.hpp"

#include <sys/stat.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

using namespace meshhost;
using namespace meshhost::test;
namespace proto = plugin::proto;

namespace {

void put(const std::filesystem::path& file, std::string_view text) {
    std::ofstream(file) << text;
}

std::string text_of(const std::filesystem::path& file) {
    std::ostringstream text;
    text << std::ifstream(file).rdbuf();
    return text.str();
}

/// A role that opens a file that any user of the machine may open.
struct snooping : plugin_bench {
    explicit snooping(bool is_isolated)
        : plugin_bench(is_isolated) {
        ::chmod(directory.path().c_str(), 0755);
        put(file, "secret");
        ::chmod(file.c_str(), 0666);
        own("snoop-0").config.values = {{"file", file.string()}};
        own("snoop-0").digest_bytes = plugin::proto::digest_bytes_max;
    }
    void grant(const std::string& permission) { own("snoop-0").grant.push_back(permission); }
    void start() {
        const auto refused = load(test_plugin("snoop"));
        REQUIRE((refused ? refused->message : "") == "");
        manager().start();
    }

    temp_dir directory;
    std::filesystem::path file = directory / "file";
    /// Where the kernel cannot keep files shut, the user's rights decide.
    const char* const shut = plugin::has_file_sandbox() ? "EACCES" : "done";
};

}  // namespace

TEST_CASE("sandbox: what a role was granted is where it may go", "[plugin]") {
    const auto reach = proto::reach_of(
        {"declared", "fs:read:/srv/data", "fs:write:/run/x", "fs:read:nowhere", "net:out", "net:"},
        "/var/lib/m/plugins/a"
    );
    CHECK(
        reach
        == proto::
            worker_reach{.readable = {"/srv/data"}, .writable = {"/var/lib/m/plugins/a", "/run/x"}, .listens = false, .dials = true}
    );
    CHECK_FALSE(proto::reach_of({"fs:read:/x"}, "").has_sockets());
}

TEST_CASE("sandbox: a role in the host's process reaches what the host reaches", "[plugin]") {
    snooping bench(false);
    bench.start();
    CHECK(bench.until_value("snoop.read", "done"));
    CHECK(bench.until_value("snoop.write", "done"));
    CHECK(bench.until_value("snoop.socket", "done"));
    CHECK(bench.until_value("snoop.local", "done"));
}

TEST_CASE("sandbox: a role in a process of its own reaches its state alone", "[plugin]") {
    snooping bench(true);
    bench.start();
    CHECK(bench.until_value("snoop.read", bench.shut));
    CHECK(bench.until_value("snoop.write", bench.shut));
    CHECK(bench.until_value("snoop.socket", "EACCES"));
}

TEST_CASE("sandbox: a process that was root's cannot signal its host", "[plugin]") {
    snooping bench(true);
    bench.start();
    // Another user's, or out of its scope; of the same user on a kernel without scopes it can.
    if (::geteuid() == 0) CHECK(bench.until_value("snoop.signal", "EPERM"));
    CHECK(bench.until_value("snoop.socket", "EACCES"));
}

TEST_CASE("sandbox: of the host's environment it sees nothing, nor does its probe", "[plugin]") {
    ::setenv("SNOOP_SECRET", "x", 1);
    snooping bench(true);
    bench.start();
    ::unsetenv("SNOOP_SECRET");
    CHECK(bench.until_value("snoop.secret", "none"));
}

TEST_CASE("sandbox: nor does it go around", "[plugin]") {
    snooping bench(true);
    SECTION("with nothing granted") {
        bench.start();
        CHECK(bench.until_value("snoop.datagram", "EACCES"));
        CHECK(bench.until_value("snoop.fast", "EACCES"));
    }
    SECTION("with leave to listen") {
        bench.grant("net:in");
        bench.start();
        CHECK(bench.until_value("snoop.datagram", "EACCES"));
        CHECK(bench.until_value("snoop.fast", "EACCES"));
    }
    SECTION("with leave to dial, and to the file") {
        bench.grant("net:out");
        bench.grant("fs:write:" + bench.file.string());
        bench.start();
        CHECK(bench.until_value("snoop.fast", "EBADF"));
        CHECK(bench.until_value("snoop.datagram", "EACCES"));
    }
    CHECK(bench.until_value("snoop.pair", "EACCES"));
    CHECK(bench.until_value("snoop.mode", "EPERM"));
    CHECK(bench.until_value("snoop.space", "EPERM"));
    CHECK(bench.until_value("snoop.limits", "EPERM"));
    CHECK(bench.until_value("snoop.keys", "EPERM"));
    CHECK(bench.until_value("snoop.child", "done"));
    CHECK(bench.until_value("snoop.others", "none"));
    CHECK(bench.until_value("snoop.own", "done"));
}

TEST_CASE("sandbox: and what its operator lets it have", "[plugin]") {
    snooping bench(true);
    SECTION("to read") {
        bench.grant("fs:read:" + bench.file.string());
        bench.start();
        CHECK(bench.until_value("snoop.read", "done"));
        CHECK(bench.until_value("snoop.write", bench.shut));
    }
    SECTION("to write, through a directory above") {
        bench.grant("fs:write:" + bench.directory.path().string());
        bench.start();
        CHECK(bench.until_value("snoop.read", "done"));
        CHECK(bench.until_value("snoop.write", "done"));
    }
    SECTION("to dial, and then not the programs of its machine") {
        bench.grant("net:out");
        bench.start();
        CHECK(bench.until_value("snoop.socket", "done"));
        CHECK(bench.until_value("snoop.connect", "EBADF"));
        CHECK(bench.until_value("snoop.local", "EACCES"));
        CHECK(bench.until_value("snoop.cut", "EACCES"));
        CHECK(bench.until_value("snoop.read", bench.shut));
    }
    SECTION("to listen, on UNIX sockets too, and then not to connect") {
        bench.grant("net:in");
        bench.start();
        CHECK(bench.until_value("snoop.socket", "done"));
        CHECK(bench.until_value("snoop.local", "done"));
        CHECK(bench.until_value("snoop.cut", "EACCES"));
        CHECK(bench.until_value("snoop.connect", "EACCES"));
    }
}

// --- control groups, of which the files are what matters

namespace {

/// A hierarchy as the kernel would have it, with a group for one role made before.
struct fake_hierarchy : temp_dir {
    fake_hierarchy() {
        put(*this / "cgroup.subtree_control", "");
        std::filesystem::create_directory(group);
        for (const char* const file : {"cpu.max", "memory.max", "pids.max", "cgroup.procs"})
            put(group / file, "");
    }
    std::filesystem::path group = *this / "role-mischief-0";
};

}  // namespace

TEST_CASE("groups: limits are written as the kernel wants them", "[plugin]") {
    fake_hierarchy cgroups;
    plugin::worker_groups groups(cgroups.path());
    REQUIRE(groups.make("mischief-0", {.cpu_millicores = 250, .memory_bytes = 64u << 20}));
    CHECK(text_of(cgroups.group / "cpu.max") == "25000 100000");
    CHECK(text_of(cgroups.group / "memory.max") == "167772160");  // 64 MiB and 96
    CHECK(text_of(cgroups.group / "pids.max") == "256");
    REQUIRE(plugin::enter_group(cgroups.group));
    CHECK(text_of(cgroups.group / "cgroup.procs") == "0");
}

TEST_CASE("groups: without limits the kernel is told so", "[plugin]") {
    fake_hierarchy cgroups;
    plugin::worker_groups groups(cgroups.path());
    REQUIRE(groups.make("mischief-0", {}));
    CHECK(text_of(cgroups.group / "cpu.max") == "max");
    CHECK(text_of(cgroups.group / "memory.max") == "max");
}

TEST_CASE("groups: a controller that is not there is said", "[plugin]") {
    fake_hierarchy cgroups;
    std::filesystem::remove(cgroups.group / "cpu.max");
    plugin::worker_groups groups(cgroups.path());
    CHECK_FALSE(groups.make("mischief-0", {.cpu_millicores = 250, .memory_bytes = 0}));
    CHECK(groups.why_not() == (cgroups.group / "cpu.max").string() + ": No such file or directory");
}

TEST_CASE("groups: what was not handed over is left alone", "[plugin]") {
    const temp_dir proc;
    const temp_dir cgroups;
    SECTION("no version 2") {
        put(proc / "cgroup", "4:memory:/x\n");
        plugin::worker_groups groups({}, proc.path(), cgroups.path());
        CHECK_FALSE(groups.make("a-0", {}));
        CHECK(groups.why_not() == "this machine has no control groups of version 2");
    }
    SECTION("somebody else's") {
        put(proc / "cgroup", "0::/system.slice\n");
        put(cgroups / "cgroup.procs", "");
        std::filesystem::create_directory(cgroups / "system.slice");
        plugin::worker_groups groups({}, proc.path(), cgroups.path());
        CHECK_FALSE(groups.make("a-0", {}));
        CHECK(
            groups.why_not()
            == (cgroups / "system.slice").string()
                   + " is not handed over to the host (Delegate=yes)"
        );
        CHECK(std::filesystem::is_empty(cgroups / "system.slice"));
    }
}
