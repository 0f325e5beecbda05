// SPDX-License-Identifier: Apache-2.0
#include "ctl/views.hpp"
#include "ctl_fixture.hpp"

using namespace meshhost;
using namespace meshhost::test;

TEST_CASE("ctl: what a role measures", "[ctl]") {
    const screen here;
    CHECK(
        ctl::metrics_text(
            json(R"({"fresh": true, "metrics": [
                {"name": "jobs", "kind": "counter", "unit": "{job}", "points": [
                    {"attributes": {"kind": "a", "n": 7}, "overflow": false, "count": 3, "value": 7.0},
                    {"attributes": {}, "overflow": true, "count": 9, "value": 1.5}]},
                {"name": "took", "kind": "histogram", "unit": "s", "points": [
                    {"attributes": {}, "overflow": false, "count": 4, "sum": 10.0, "buckets": [4]}]}]})"
            ),
            here.console
        )
        == "METRIC  KIND       ATTRIBUTES                VALUE  UNIT\n"
           "jobs    counter    kind=a n=7                    7  {job}\n"
           "jobs    counter    (all others)                1.5  {job}\n"
           "took    histogram                4 times, mean 2.5  s\n"
    );
    CHECK(
        ctl::metrics_text(json(R"({"fresh": false, "metrics": []})"), here.console)
        == "the role did not answer in time: this is what it said before\n"
           "no measurements: the role has recorded none\n"
    );
}

TEST_CASE("ctl: spans, and words from strangers", "[ctl]") {
    const screen here;
    const auto text = ctl::spans_text(
        json(R"({"spans": [{"trace": "aa", "span": "bb", "name": "a\u001bb", "kind": "internal",
            "length_us": 1500.0, "ok": false, "message": "no", "attributes": {"x": true}}, 7]})"),
        here.console
    );
    CHECK(text.find("1.5 ms") != std::string::npos);
    CHECK(text.find('\x1b') == std::string::npos);
    CHECK(text.find("x=true") != std::string::npos);
    CHECK(ctl::spans_text({}, here.console) == "no spans: the role has finished none\n");
}

TEST_CASE("ctl: the flight recorder, a line a span", "[ctl]") {
    const screen here;
    CHECK(
        ctl::flight_text(
            json(
                R"({"held": 7, "slots": 4096, "anomalies": 2, "suppressed": 1, "promoted": 1, "spans": [
                {"name": "mesh.peer.dial", "started_unix_us": 1700000000123456, "length_us": 1500.0, "ok": false,
                 "message": "nobody", "fate": "promoted", "attributes": {"x": true}},
                {"name": "mesh.peer.state", "started_unix_us": 1700000000200000, "length_us": 0.0, "ok": true,
                 "message": null, "fate": "held", "attributes": {}}, 7]})"
            ),
            here.console
        )
        == "AT (UTC)         TOOK  SPAN             END     TOLD      WHAT\n"
           "22:13:20.123   1.5 ms  mesh.peer.dial   nobody  promoted  x=true\n"
           "22:13:20.200  0.00 ms  mesh.peer.state  ok\n"
           "2 of 7 held (room for 4096) · 2 anomalies, 1 too soon after others · 1 told because of "
           "one\n"
    );
    CHECK(ctl::flight_text({}, here.console) == "nothing is recorded yet\n");
}

TEST_CASE("ctl: what became of a reload", "[ctl]") {
    const screen here;
    CHECK(
        ctl::reload_text(
            json(R"({"applied": false, "restart": ["net.port"], "changed": [], "instances": [
                {"instance": "a", "outcome": "refused", "changed": ["x", "y"], "reason": "no"}]})"),
            here.console
        )
        == "net.port needs a restart of the host\n"
           "INSTANCE  OUTCOME  CHANGED  WHY\n"
           "a         refused  x y      no\n"
           "refused: nothing is applied\n"
    );
}
