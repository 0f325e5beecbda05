// SPDX-License-Identifier: Apache-2.0
#include "ctl/views.hpp"
#include "support/catch.hpp"

#include <boost/json/parse.hpp>

#include <sstream>

using namespace meshhost;

namespace {

struct screen {
    std::ostringstream out;
    std::ostringstream err;
    ctl::console console{out, err, {}};
};

boost::json::object json(std::string_view text) {
    return boost::json::parse(text).as_object();
}

const char* const gateway = R"({"id":"aaaaaaaaaaaaaaaa","name":"gateway-01","version":"0.1.0",
    "state":"alive","roles":["gateway"],"uptime_ms":252000,"last_seen_ms":200,
    "path":{"kind":"direct","reason":"same_host","remote":"127.0.0.1:4433","rtt_us":212},
    "evidence":"connected","gossip":"eager",
    "contributions":[{"role":"gateway","key":"clients","unit":"{client}","value":3}]})";

const char* const heard = R"({"id":"dddddddddddddddd","name":"broker-01","version":"0.1.0",
    "state":"alive","roles":["broker"],"uptime_ms":60000,"last_seen_ms":59000,"path":null,
    "evidence":"says so by gossip","gossip":null,"contributions":[]})";

const char* const lost = R"({"id":"bbbbbbbbbbbbbbbb","name":null,"version":null,
    "state":"dead","roles":[],"uptime_ms":null,"last_seen_ms":53000,"path":null,
    "evidence":"went silent","contributions":[]})";

}  // namespace

TEST_CASE("ctl: peers are a table with a total that adds up", "[ctl]") {
    screen here;
    const auto data =
        json(std::string(R"({"peers":[)") + gateway + "," + heard + "," + lost + "]}");
    CHECK(
        ctl::peers_text(data, here.console)
        == "NODE        ID          ROLE     STATE  PATH                   REASON             "
           "    RTT  GOSSIP  SINCE          VERSION  VALUES\n"
           "gateway-01  aaaaaaaaaa  gateway  alive  direct 127.0.0.1:4433  same_host          "
           "0.21 ms  eager   up 4m 12s      0.1.0    gateway.clients 3\n"
           "broker-01   dddddddddd  broker   alive  by gossip              says so by gossip  "
           "                 up 1m 00s      0.1.0\n"
           "bbbbbbbbbb  bbbbbbbbbb           dead   not connected          went silent        "
           "                 seen 53 s ago\n"
           "3 peers: 2 alive, 1 dead\n"
    );
}

TEST_CASE("ctl: an empty table says why", "[ctl]") {
    screen here;
    CHECK(ctl::peers_text(json(R"({"peers":[]})"), here.console).starts_with("no peers: "));
    CHECK(ctl::plugins_text(json(R"({"plugins":[]})"), here.console).starts_with("no plugins: "));
}

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
    CHECK_NOTHROW(
        ctl::peers_text(json(R"({"peers":[{"path":{"rtt_us":"fast"}},null]})"), here.console)
    );
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
