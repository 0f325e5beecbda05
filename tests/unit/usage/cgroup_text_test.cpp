// SPDX-License-Identifier: Apache-2.0
#include "support/catch.hpp"
#include "usage/proto/cgroup_text.hpp"

#include <limits>

using namespace meshhost::usage::proto;

TEST_CASE("cgroup text: the version 2 line is the process's group", "[usage]") {
    CHECK(
        parse_cgroup_path("0::/system.slice/meshhost@a.service\n")
        == "/system.slice/meshhost@a.service"
    );
    CHECK(parse_cgroup_path("4:memory:/x\n1:cpu:/y\n0::/z") == "/z");
    CHECK(parse_cgroup_path("0::/\n") == "/");
    CHECK(parse_cgroup_path("0::/a:b/..c/d..\n") == "/a:b/..c/d..");
}

TEST_CASE("cgroup text: no group where version 2 is not there, or out of sight", "[usage]") {
    CHECK_FALSE(parse_cgroup_path(GENERATE(
        "",
        "\n",
        "0::",
        "0::relative",
        "4:memory:/x\n1:cpu:/y\n",
        "0::/../..\n",
        "0::/a/..\n",
        "0::/a/../../etc\n"
    )));
}

TEST_CASE("cgroup text: cpu.max in thousandths of a core", "[usage]") {
    CHECK(parse_cpu_max("25000 100000\n") == 250U);
    CHECK(parse_cpu_max("200000 100000") == 2000U);
    CHECK(parse_cpu_max("1 100000") == 1U);  // 0 would say that there is no limit
}

TEST_CASE("cgroup text: no CPU limit", "[usage]") {
    CHECK_FALSE(parse_cpu_max(GENERATE(
        "",
        "max 100000\n",
        "25000",
        "25000 0",
        "-1 100000",
        "25000 x",
        "18446744073709551615 1",
        "99999999999999 1"
    )));
}

TEST_CASE("cgroup text: memory", "[usage]") {
    CHECK(parse_memory("67108864\n") == 67108864U);
    CHECK(parse_memory("18446744073709551615") == std::numeric_limits<std::uint64_t>::max());
    CHECK_FALSE(parse_memory(GENERATE("", "max\n", "64M", "-1", "18446744073709551616")));
}

TEST_CASE("cgroup text: cpu.stat, with and without the controller", "[usage]") {
    CHECK(
        parse_cpu_stat("usage_usec 912\nuser_usec 700\nsystem_usec 212\nnr_periods 9\n"
                       "nr_throttled 3\nthrottled_usec 51\n")
        == cpu_stat{912, 3, 51}
    );
    CHECK(parse_cpu_stat("usage_usec 912\nuser_usec 700\n") == cpu_stat{912, 0, 0});
    CHECK(
        parse_cpu_stat("usage_usec 912\nnr_throttled many\n\n \nthrottled_usec")
        == cpu_stat{912, 0, 0}
    );
    CHECK_FALSE(parse_cpu_stat(GENERATE("", "\n\n", "usage_usec", "usage_usec x\nnr_periods 9")));
}
