// SPDX-License-Identifier: Apache-2.0
#include "ctl/views.hpp"
#include "ctl_fixture.hpp"

using namespace meshhost;
using test::json;
using test::screen;

namespace {

constexpr const char* three_peers = R"({"peers":[
    {"id":"aaaaaaaaaaaaaaaa","name":"gateway-01","version":"0.1.0","state":"alive","tier":"hub",
     "roles":["gateway"],"since_ms":252000,"uptime_ms":252000,"last_seen_ms":200,
     "path":{"kind":"direct","reason":"same_host","remote":"127.0.0.1:4433","rtt_us":212},
     "evidence":"connected","gossip":"eager","load":{"cpu":3,"memory":1},
     "neighbors":{"count":4,"ids":[]},"lease_ms":9000,
     "budget":{"cpu_millicores":250,"memory_bytes":67108864,"source":"cgroup"},
     "contributions":[{"role":"gateway","key":"clients","unit":"{client}","value":3}]},
    {"id":"dddddddddddddddd","name":"broker-01","state":"stale","tier":"leaf","roles":["broker"],
     "since_ms":6000,"uptime_ms":60000,"path":null,"evidence":"2 of 4 neighbours lost it 6 s ago",
     "gossip":null,"load":{"cpu":255,"memory":255},"contributions":[]},
    {"id":"bbbbbbbbbbbbbbbb","name":null,"version":null,"state":"dead","roles":[],
     "uptime_ms":null,"last_seen_ms":53000,"path":null,"evidence":"went silent"}]})";

std::string text(const boost::json::object& data, const ctl::table_options& options = {}) {
    const screen here;
    const auto table = ctl::peers_table(data);
    return table.text(table.choose(options).value(), options, here.console);
}

}  // namespace

TEST_CASE("ctl: peers are a table with a total that adds up", "[ctl]") {
    CHECK(
        text(json(three_peers))
        == "NODE        TIER  ROLE     STATE  PATH           REASON         RTT  LOAD         TREE"
           "   SINCE   EVIDENCE                           VALUES\n"
           "gateway-01  hub   gateway  alive  direct         same_host  0.21 ms  cpu 3 mem 1  eager"
           "  4m 12s                                     gateway.clients 3\n"
           "broker-01   leaf  broker   stale  by gossip"
           "                                              6 s     2 of 4 neighbours lost it 6 s"
           " ago\n"
           "bbbbbbbbbb                 dead   not connected"
           "                                                  went silent\n"
           "3 peers: 1 alive, 1 stale, 1 dead\n"
    );
}

TEST_CASE("ctl: what is not shown of a peer can be asked for", "[ctl]") {
    ctl::table_options options;
    options.columns = "node,id,version,remote,uptime,seen,neighbors,lease,budget";
    options.where = {"tier:hub"};
    CHECK(
        text(json(three_peers), options)
            .find("gateway-01  aaaaaaaaaa  0.1.0    127.0.0.1:4433  4m 12s  200 ms          4  9 s "
                  "   "
                  "250 m, 64.0 MiB (cgroup)\n")
        != std::string::npos
    );
}

TEST_CASE("ctl: peers can be had as CSV", "[ctl]") {
    const screen here;
    ctl::table_options options;
    options.columns = "node,rtt,since,load";
    const auto table = ctl::peers_table(json(three_peers));
    CHECK(
        table.csv(table.choose(options).value(), options, here.console)
        == "node,rtt_ms,since_s,load\r\ngateway-01,0.212,252,3.1\r\nbroker-01,,6,\r\n"
           "bbbbbbbbbb,,,\r\n"
    );
}

TEST_CASE("ctl: plugins are a table with a total that adds up", "[ctl]") {
    const screen here;
    const auto table = ctl::plugins_table(json(R"({"plugins":[
        {"instance":"compute","role":"compute","version":"0.1.0","path":"/c.so","state":"running",
         "abi":"1.0","error":null},
        {"instance":"b","role":null,"path":"/b.so","state":"failed","error":"gone"}]})"));
    CHECK(
        table.text(table.choose({}).value(), {}, here.console)
        == "INSTANCE  ROLE     VERSION  ABI  STATE    FILE   WHY\n"
           "compute   compute  0.1.0    1.0  running  /c.so\n"
           "b                                failed   /b.so  gone\n"
           "2 plugins: 1 running, 1 failed\n"
    );
}
