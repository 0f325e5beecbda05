// SPDX-License-Identifier: Apache-2.0
#include "ctl/top_model.hpp"
#include "ctl/view_top.hpp"
#include "ctl_fixture.hpp"

#include <fmt/format.h>

#include <set>

using namespace meshhost;
using test::json;
using test::screen;

namespace {

struct line {
    std::string id = "a1";
    int uptime_ms = 10'000;
    int cpu = 110;
    int cpu_budget = 250;
    int delivered = 0;
    int duplicates = 0;
    int received = 0;
    int sent = 0;
};

boost::json::object meters(const line& with) {
    return json(fmt::format(
        R"({{"schema":"meshhost.meters/1","id":"{0}","name":"node-{0}","at":"2026-11-22T12:04:51.120Z",
        "uptime_ms":{1},"state":"alive","tier":"hub","usage":{{"cpu_millicores":{2},
        "rss_bytes":33554432}},"budget":{{"cpu_millicores":{3},"memory_bytes":67108864}},
        "gossip":{{"eager":2,"lazy":1,"delivered":{4},"duplicates":{5}}},
        "net":{{"bytes_received":{6},"bytes_sent":{7}}},
        "edges":[{{"rtt_us":900}},{{"rtt_us":200}},{{"rtt_us":400}},{{"rtt_us":null}}]}})",
        with.id,
        with.uptime_ms,
        with.cpu,
        with.cpu_budget,
        with.delivered,
        with.duplicates,
        with.received,
        with.sent
    ));
}

constexpr time_point start{1h};

ctl::table_options plain() {
    ctl::table_options options;
    options.columns = "node,state,cpu,ram,rx,tx,msgs,dup,tree,rtt,note";
    return options;
}

std::string table(const ctl::top_model& model, time_point now, bool unicode = false) {
    ctl::console_style style;
    style.unicode = unicode;
    style.quiet = true;
    style.header = false;
    const screen here(style);
    const auto made = ctl::top_table(model.rows(now), 3s, here.console);
    return made.text(made.choose(plain()).value(), plain(), here.console);
}

}  // namespace

TEST_CASE("ctl: rates are differences of counters over the host's own time", "[ctl]") {
    ctl::top_model model;
    model.take(
        meters({.uptime_ms = 10'000, .delivered = 100, .duplicates = 10, .received = 0}),
        start
    );
    CHECK_FALSE(model.rows(start).front().rates.has_value());
    model.take(
        meters(
            {.uptime_ms = 12'000,
             .delivered = 180,
             .duplicates = 30,
             .received = 4096,
             .sent = 2048}
        ),
        start + 9s  // late on the way, which does not matter
    );
    const auto row = model.rows(start + 9s).front();
    REQUIRE(row.rates.has_value());
    CHECK(row.rates->messages == 40.0);
    CHECK(row.rates->copies == 50.0);
    CHECK(row.rates->received == 2048.0);
    CHECK(row.rates->sent == 1024.0);
    CHECK(row.rtt == 400us);
    CHECK(
        table(model, start + 9s)
        == "node-a1  * alive  44 %  50 %  2.0 KiB/s  1.0 KiB/s  40.0  20.0 %   2/1  0.40 ms\n"
    );
}

TEST_CASE("ctl: a host that was started anew has no rates at first", "[ctl]") {
    ctl::top_model model;
    model.take(meters({.uptime_ms = 90'000, .delivered = 1000}), start);
    model.take(meters({.uptime_ms = 500, .delivered = 3}), start + 1s);
    CHECK_FALSE(model.rows(start + 1s).front().rates.has_value());
    model.take(meters({.uptime_ms = 1'500, .delivered = 7}), start + 2s);
    CHECK(model.rows(start + 2s).front().rates->messages == 4.0);
}

TEST_CASE("ctl: counters that fell back make no rate", "[ctl]") {
    ctl::top_model model;
    model.take(meters({.uptime_ms = 1'000, .delivered = 10}), start);
    model.take(meters({.uptime_ms = 2'000, .delivered = 9}), start + 1s);
    CHECK_FALSE(model.rows(start + 1s).front().rates.has_value());
}

TEST_CASE("ctl: who cannot be asked, and who falls silent, is marked", "[ctl]") {
    ctl::top_model model;
    model.take(meters({}), start);
    model.take(meters({.id = "b2"}), start);
    model.take(
        json(
            R"({"id":"b2","name":"node-b2","error":{"code":"E_TIMEOUT","message":"no\u001banswer"}})"
        ),
        start + 4s
    );
    const auto text = table(model, start + 4s);
    CHECK(text.find("node-a1  ~ silent") != std::string::npos);
    CHECK(text.find("node-b2  x unreached") != std::string::npos);
    CHECK(text.find("no?answer") != std::string::npos);
    CHECK(model.totals(start + 4s).unreachable == 1);

    model.forget_before(start + 1s);
    REQUIRE(model.rows(start + 4s).size() == 1);
    CHECK(model.rows(start + 4s).front().id == "b2");
}

TEST_CASE("ctl: a host over its budget is marked", "[ctl]") {
    ctl::top_model model;
    model.take(meters({.cpu = 295}), start);
    CHECK(table(model, start, true).starts_with("node-a1  ●! alive  118 %"));
    model.take(meters({.cpu = 295, .cpu_budget = 0}), start);
    CHECK(table(model, start, true).starts_with("node-a1  ● alive  295 m"));
}

TEST_CASE("ctl: lines that are no host's are left out, and hosts are bounded", "[ctl]") {
    ctl::top_model model;
    model.take({}, start);
    model.take(json(R"({"id":7,"usage":"x"})"), start);
    CHECK(model.rows(start).empty());
    for (std::size_t i = 0; i < ctl::top_hosts_max + 5; ++i)
        model.take(meters({.id = std::to_string(i)}), start);
    CHECK(model.rows(start).size() == ctl::top_hosts_max);
    for (int i = 0; i < 20; ++i)
        model.take(meters({.id = "0", .uptime_ms = i}), start);
    CHECK(model.rows(start).front().cpu_history.size() == ctl::top_history_length);
}

TEST_CASE("ctl: the head of the live view adds the hosts up", "[ctl]") {
    ctl::top_model model;
    for (const auto* id : {"a1", "b2"}) {
        model.take(meters({.id = id, .uptime_ms = 1'000}), start);
        model.take(meters({.id = id, .uptime_ms = 2'000, .delivered = 9, .duplicates = 1}), start);
    }
    const screen here;
    CHECK(
        ctl::top_header("lab\x1b", model.totals(start), here.console)
        == "lab?  2 nodes - 2 hubs   12:04:51\n"
           "CPU 0.22 of 0.50 processors - RAM 64.0 MiB of 128.0 MiB - gossip 18.0 msg/s, "
           "90 % first copies\n"
    );
}

TEST_CASE("ctl: a sparkline has a column a value", "[ctl]") {
    CHECK(ctl::sparkline({0, 0.5, 1, 7, -1}, true) == "▁▅██▁");
    CHECK(ctl::sparkline({0, 0.5, 1}, false) == ".+@");
    CHECK(ctl::sparkline({}, true).empty());
}

TEST_CASE("ctl: a key goes round the orders of the live view", "[ctl]") {
    const screen here;
    const auto made = ctl::top_table({}, 1s, here.console);
    std::string order = "node";
    std::set<std::string> seen;
    do {
        seen.insert(order);
        ctl::table_options options;
        options.sort = order;
        CHECK(made.choose(options).has_value());
        order = ctl::next_top_order(order);
    } while (order != "node" && seen.size() < 20);
    CHECK(seen.size() == 7);
    CHECK(ctl::next_top_order("tier") == "node");
}

TEST_CASE("ctl: a screen is no wider and no higher than the window", "[ctl]") {
    CHECK(ctl::screen_text("abcdef\nxy\nz\n", 3, 2) == "\x1b[Habc\x1b[K\r\nxy\x1b[K\x1b[J");
    CHECK(ctl::screen_text("a\n", 80, 24) == "\x1b[Ha\x1b[K\x1b[J");
    CHECK(ctl::screen_text("a\n", 80, 0) == "\x1b[H\x1b[J");
}
