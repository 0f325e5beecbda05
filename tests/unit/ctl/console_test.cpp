// SPDX-License-Identifier: Apache-2.0
#include "ctl/console.hpp"
#include "support/catch.hpp"

#include <boost/json/parse.hpp>

#include <sstream>

using namespace meshhost;

namespace {

const failure no_daemon{exit_code::no_daemon, "E_NO_DAEMON", "nobody is there", "start it"};

}  // namespace

TEST_CASE("ctl: colour is for terminals, unless somebody insists", "[ctl]") {
    CHECK(ctl::allows_colour({true, false, ""}, "auto"));
    CHECK_FALSE(ctl::allows_colour({false, false, ""}, "auto"));
    CHECK_FALSE(ctl::allows_colour({true, true, ""}, "auto"));
    CHECK(ctl::allows_colour({false, true, ""}, "always"));
    CHECK_FALSE(ctl::allows_colour({true, false, ""}, "never"));
}

TEST_CASE("ctl: Unicode is for UTF-8 locales", "[ctl]") {
    CHECK(ctl::allows_unicode({false, false, "en_GB.UTF-8"}));
    CHECK(ctl::allows_unicode({false, false, "C.utf8"}));
    CHECK_FALSE(ctl::allows_unicode({false, false, "C"}));
    CHECK_FALSE(ctl::allows_unicode({false, false, ""}));
}

TEST_CASE("ctl: a failure is a cause and a remedy on standard error", "[ctl]") {
    std::ostringstream out;
    std::ostringstream err;
    ctl::console console(out, err, {});
    console.print_failure(no_daemon);
    CHECK(out.str().empty());
    CHECK(err.str() == "error: nobody is there [E_NO_DAEMON]\nhint:  start it\n");
}

TEST_CASE("ctl: with JSON a failure is an envelope on standard output", "[ctl]") {
    std::ostringstream out;
    std::ostringstream err;
    ctl::console_style style;
    style.format = ctl::output_format::json;
    ctl::console console(out, err, style);
    console.print_failure(no_daemon);
    CHECK(err.str().empty());
    const auto error = boost::json::parse(out.str()).at("error");
    CHECK(error.at("code").as_string() == "E_NO_DAEMON");
    CHECK(error.at("exit").to_number<int>() == 10);
}

TEST_CASE("ctl: what could not be written is noticed", "[ctl]") {
    std::ostringstream out;
    std::ostringstream err;
    ctl::console console(out, err, {});
    console.print("an answer");
    CHECK(console.wrote_all());
    out.setstate(std::ios::badbit);
    console.print("another");
    CHECK_FALSE(console.wrote_all());
}

TEST_CASE("ctl: quiet leaves the hint out, and nothing is tinted without colour", "[ctl]") {
    std::ostringstream out;
    std::ostringstream err;
    ctl::console_style style;
    style.quiet = true;
    ctl::console console(out, err, style);
    console.print_failure(no_daemon);
    CHECK(err.str() == "error: nobody is there [E_NO_DAEMON]\n");
    CHECK(console.tinted("x", ctl::tone::bad) == "x");
    CHECK(std::string(console.dot()) == " - ");

    style.colour = true;
    CHECK(ctl::console(out, err, style).tinted("x", ctl::tone::bad) == "\x1b[31mx\x1b[0m");
}
