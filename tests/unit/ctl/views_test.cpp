// SPDX-License-Identifier: Apache-2.0
#include "ctl/views.hpp"
#include "ctl_fixture.hpp"

using namespace meshhost;
using test::json;
using test::screen;

namespace {

const char* const gateway = R"({"id":"aaaaaaaaaaaaaaaa","name":"gateway-01","version":"0.1.0",
    "state":"alive","roles":["gateway"],"uptime_ms":252000,"last_seen_ms":200,
    "path":{"kind":"direct","reason":"same_host","remote":"127.0.0.1:4433","rtt_us":212},
    "evidence":"connected","gossip":"eager",
    "contributions":[{"role":"gateway","key":"clients","unit":"{client}","value":3}]})";

const char* const lost = R"({"id":"bbbbbbbbbbbbbbbb","name":null,"version":null,
    "state":"dead","roles":[],"uptime_ms":null,"last_seen_ms":53000,"path":null,
    "evidence":"went silent","contributions":[]})";

}  // namespace

TEST_CASE("ctl: status is one screen", "[ctl]") {
    screen here;
    const auto data = json(
        std::string(R"({"mesh":{"name":"lab"},
        "self":{"id":"cccccccccccccccc","name":"compute-01","version":"0.1.0","abi":"1.0",
            "roles":["compute"],"uptime_ms":61000,"ready_us":14200,
            "contributions":[{"role":"compute","key":"jobs","unit":null,"value":12}]},
        "members":{"total":3,"alive":2,"joining":0,"dead":1},
        "paths":{"direct":1,"relayed":0,"unknown":0,
            "worst":{"id":"aaaaaaaaaaaaaaaa","name":"gateway-01","rtt_us":212}},
        "gossip":{"degree":3,"eager":2,"lazy":1,"reserve":12},
        "plugins":[{"state":"running"}],"peers":[)")
        + gateway + "," + lost + R"(],"warnings":["bbbb is dead: went silent"]})"
    );
    CHECK(
        ctl::status_text(data, here.console)
        == "mesh      lab                                     node  compute-01 - cccccccccc - "
           "compute\n"
           "version   meshhost 0.1.0 (abi 1.0)                up    1m 01s, ready in 14.2 ms\n"
           "members   3: 2 alive, 1 dead\n"
           "paths     from here to 1: 1 direct - 0 relayed    worst RTT 0.21 ms (gateway-01)\n"
           "gossip    3 neighbors: 2 eager, 1 lazy - 12 in reserve\n"
           "plugins   1: 1 running\n"
           "values    compute.jobs 12\n"
           "peers     gateway-01  gateway  0.1.0  alive  up 4m 12s  direct 0.21 ms  "
           "gateway.clients 3\n"
           "          bbbbbbbbbb                  dead              not connected\n"
           "warnings  ! bbbb is dead: went silent\n"
    );
}

TEST_CASE("ctl: an answer of another version is shown as far as it goes", "[ctl]") {
    screen here;
    CHECK_NOTHROW(ctl::status_text({}, here.console));
    CHECK_NOTHROW(ctl::status_text(
        json(R"({"self":7,"members":[],"paths":"x","peers":[1,{}]})"),
        here.console
    ));
    CHECK(ctl::peers_table(json(R"({"peers":[{"path":{"rtt_us":"fast"}},null]})")).size() == 2);
    CHECK_NOTHROW(ctl::ping_reply_text({}, here.console));
    CHECK_NOTHROW(ctl::ping_summary_text({}, here.console));
}

TEST_CASE("ctl: a ping says how it got there", "[ctl]") {
    screen here;
    const auto reply = json(
        R"({"rtt_us":11900,"path":{"kind":"direct","remote":"10.77.4.9:41641","reason":"lan"}})"
    );
    CHECK(
        ctl::ping_reply_text(reply, here.console)
        == "direct 10.77.4.9:41641              11.9 ms   (lan)\n"
    );
    CHECK(ctl::ping_reply_text(json(R"({"rtt_us":null})"), here.console).starts_with("no reply"));
    const auto summary =
        json(R"({"sent":4,"received":3,"min_us":11800,"median_us":11900,"max_us":41700})");
    CHECK(
        ctl::ping_summary_text(summary, here.console)
        == "3/4 replies - min 11.8 ms - median 11.9 ms - max 41.7 ms\n"
    );
    CHECK(
        ctl::ping_summary_text(json(R"({"sent":4,"received":0,"min_us":null})"), here.console)
        == "0/4 replies\n"
    );
    CHECK(
        ctl::peer_line(json(gateway), here.console)
        == "gateway-01 - aaaaaaaaaa - gateway 0.1.0 - up 4m 12s - gateway.clients 3\n"
    );
}
