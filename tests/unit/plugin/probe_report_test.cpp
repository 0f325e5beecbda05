// SPDX-License-Identifier: Apache-2.0
#include "plugin/probe_report.hpp"
#include "support/catch.hpp"

using namespace meshhost::plugin;

TEST_CASE("probe report: the last step that was begun is known", "[plugin][probe]") {
    CHECK(read_probe_report("").step == "start of the probe");
    const auto report = read_probe_report(step_line("load") + step_line("create") + "step dest");
    CHECK(report.step == "create");
    CHECK_FALSE(report.is_done);
    CHECK_FALSE(report.fault);
}

TEST_CASE("probe report: an end is an end", "[plugin][probe]") {
    CHECK(read_probe_report(step_line("load") + done_line()).is_done);
    const auto failed = read_probe_report(fault_line({"MP203", "create returned\nnonsense"}));
    REQUIRE(failed.fault);
    CHECK(failed.fault->code == "MP203");
    CHECK(failed.fault->text == "create returned nonsense");
}

TEST_CASE("probe report: what a plugin writes there itself changes little", "[plugin][probe]") {
    const auto report = read_probe_report("hello\nfault\nfault MP1\n\n" + step_line("create"));
    CHECK(report.step == "create");
    CHECK_FALSE(report.fault);
    CHECK_FALSE(report.is_done);
}

TEST_CASE("probe report: what the host alone decides, no probe says", "[plugin]") {
    for (const std::string code : {"MP309", "MP024"}) {
        const auto report = read_probe_report("fault " + code + " let me be left out\n");
        REQUIRE(report.fault);
        CHECK(report.fault->code == "MP203");
    }
}
