// SPDX-License-Identifier: Apache-2.0
#include "ctl/views.hpp"
#include "ctl_fixture.hpp"

using namespace meshhost;
using test::json;
using test::screen;

TEST_CASE("ctl: an audit without a discrepancy is a list of what holds", "[ctl]") {
    ctl::console_style style;
    style.unicode = true;
    const screen here(style);
    CHECK(
        ctl::audit_text(
            json(R"({"checked":2,"discrepancies":[],"rules":[
                {"rule":"peers.total","words":"all peers are in one list","ok":true},
                {"rule":"timers","words":"every timer has an owner","ok":null}]})"),
            here.console
        )
        == "✓ peers.total  all peers are in one list\n"
           "? timers       every timer has an owner\n"
           "1 of 2 rules hold, 0 broken, 1 could not be checked\n"
    );
}

TEST_CASE("ctl: the first discrepancy of an audit is shown in full", "[ctl]") {
    const screen here;
    const auto text = ctl::audit_text(
        json(R"({"checked":2,"rules":[
            {"rule":"bytes","words":"bytes add up","ok":false},
            {"rule":"peers","words":"peers add up","ok":true}],
            "discrepancies":[
            {"rule":"bytes","owner":"connection 3","expected":12,"found":14,"words":"2 too many"},
            {"rule":"bytes","owner":"connection 4","expected":"a\u001b","found":null,"words":"x"}]})"
        ),
        here.console
    );
    CHECK(
        text
        == "the first discrepancy\n"
           "rule      bytes\n"
           "owner     connection 3\n"
           "expected  12\n"
           "found     14\n"
           "so        2 too many\n"
           "and 1 more\n"
           "  bytes: x\n"
           "how to read it: \"expected\" is what the owner keeps, \"found\" what was counted anew "
           "where\n"
           "the things are. The first discrepancy is the one to look at: later ones often follow "
           "from it.\n"
           "\n"
           "FAIL bytes  bytes add up\n"
           "ok   peers  peers add up\n"
           "1 of 2 rules hold, 1 broken\n"
    );
}

TEST_CASE("ctl: an audit of another version is shown as far as it goes", "[ctl]") {
    const screen here;
    CHECK(ctl::audit_text({}, here.console).starts_with("no rules"));
    CHECK_NOTHROW(ctl::audit_text(
        json(R"({"rules":[7,{"rule":1,"ok":"yes"}],"discrepancies":["x",{}]})"),
        here.console
    ));
}
