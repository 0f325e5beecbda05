// SPDX-License-Identifier: Apache-2.0
#include "check/report.hpp"
#include "support/catch.hpp"

using namespace meshhost;
using check::finding;
using check::verdict;

TEST_CASE("check: a finding survives the pipe", "[check]") {
    const finding given{verdict::warning, 2, "life.run", "two\tthings\nat once", "do one"};
    auto line = check::finding_line(given);
    REQUIRE(line.back() == '\n');
    line.pop_back();
    const auto read = check::read_finding_line(line);
    CHECK(read.how == verdict::warning);
    CHECK(read.level == 2);
    CHECK(read.check == "life.run");
    CHECK(read.what == "two things at once");
    CHECK(read.remedy == "do one");
}

TEST_CASE("check: what cannot be read is a failure", "[check]") {
    CHECK(check::read_finding_line("").how == verdict::fail);
    CHECK(check::read_finding_line("fine\t1\tx").how == verdict::fail);
}

TEST_CASE("check: the exit status says which of three it was", "[check]") {
    check::report report;
    report.add({verdict::warning, 0, "elf.now", "late", "earlier"});
    CHECK(report.exit_status() == 0);
    report.add({verdict::fail, 0, "elf.note", "none", "add it"});
    CHECK(report.exit_status() == 1);
    const auto text = check::report_text(report);
    CHECK(text.find("fail     elf.note") != std::string::npos);
    CHECK(text.find("to do: add it") != std::string::npos);
    report.is_plugin = false;
    CHECK(report.exit_status() == 2);
    CHECK(check::report_json(report).at("passed").as_bool() == false);
}
