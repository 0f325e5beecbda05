// SPDX-License-Identifier: Apache-2.0
#include "support/catch.hpp"
#include "support/temp_dir.hpp"
#include "usage/process_meter.hpp"

#include <fcntl.h>

#include <filesystem>
#include <fstream>
#include <thread>

using namespace meshhost;
using usage::process_meter;
namespace fs = std::filesystem;

namespace {

void write(const fs::path& file, const std::string& text) {
    fs::create_directories(file.parent_path());
    std::ofstream(file) << text;
}

}  // namespace

TEST_CASE("process meter: counts a descriptor more when one is opened", "[usage]") {
    const process_meter meter;
    const auto before = meter.descriptors();
    REQUIRE(before > 0);
    const unique_fd one(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    CHECK(meter.descriptors() == before + 1);
}

TEST_CASE("process meter: sees a thread come and memory in use", "[usage]") {
    const process_meter meter;
    const auto before = meter.threads();
    REQUIRE(before > 0);
    std::uint32_t during = 0;
    std::thread([&] { during = meter.threads(); }).join();
    CHECK(during == before + 1);
    CHECK(meter.resident_bytes() > 1'000'000);
}

TEST_CASE("process meter: CPU time goes on while we work", "[usage]") {
    const auto before = usage::cpu_spent();
    while (usage::cpu_spent() < before + 1ms) {
    }
    CHECK(usage::cpu_spent() > before);
}

TEST_CASE("process meter: the tightest limit of the groups around the process", "[usage]") {
    const test::temp_dir dir;
    const fs::path proc = dir / "proc";
    const fs::path groups = dir / "cgroup";
    write(proc / "cgroup", "0::/a.slice/b.service\n");
    write(groups / "a.slice/cpu.max", "50000 100000\n");
    write(groups / "a.slice/memory.max", "1000000\n");
    write(groups / "a.slice/b.service/cpu.max", "max 100000\n");
    write(groups / "a.slice/b.service/memory.max", "2000000\n");
    write(groups / "a.slice/b.service/cpu.stat", "usage_usec 7\nthrottled_usec 5\n");
    const process_meter meter(proc, groups);
    CHECK(meter.cgroup_limits() == usage::proto::limits{500, 1'000'000});
    CHECK(meter.cgroup_cpu() == usage::proto::cpu_stat{7, 0, 5});

    write(groups / "memory.max", "900000\n");  // a container's own root, while we run
    CHECK(meter.cgroup_limits() == usage::proto::limits{500, 900'000});
}

TEST_CASE("process meter: version 2 beside version 1", "[usage]") {
    const test::temp_dir dir;
    write(dir / "proc/cgroup", "1:cpu:/x\n0::/\n");
    write(dir / "cgroup/unified/cgroup.procs", "");
    write(dir / "cgroup/unified/cpu.max", "10000 100000\n");
    const process_meter meter(dir / "proc", dir / "cgroup");
    CHECK(meter.cgroup_limits() == usage::proto::limits{100, 0});
}

TEST_CASE("process meter: a machine that says nothing gives nothing", "[usage]") {
    const test::temp_dir dir;
    const process_meter meter(dir / "proc", dir / "cgroup");
    CHECK(meter.resident_bytes() == 0);
    CHECK(meter.threads() == 0);
    CHECK(meter.descriptors() == 0);
    CHECK(meter.cgroup_limits() == usage::proto::limits{});
    CHECK_FALSE(meter.cgroup_cpu());
}
