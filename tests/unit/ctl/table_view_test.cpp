// SPDX-License-Identifier: Apache-2.0
#include "ctl/table_view.hpp"
#include "ctl_fixture.hpp"

using namespace meshhost;
using ctl::align;
using ctl::table_options;
using test::screen;

namespace {

ctl::table_view five_nodes() {
    ctl::table_view table(
        "node",
        "state",
        {{"node"},
         {"state"},
         {"path"},
         {"rtt", align::right, true, "ms"},
         {"why"},
         {"id", align::left, false}}
    );
    table.add({{"delta"}, {"alive"}, {"direct"}, {"9.0 ms", 9}, {}, {"d4"}});
    table.add({{"alpha"}, {"alive"}, {"relay broker-01"}, {"38.1 ms", 38.1}, {}, {"a1"}});
    table.add({{"gamma"}, {"dead"}, {"not connected"}, {}, {}, {"c3"}});
    table.add({{"beta"}, {"joining"}, {"relay bridge-01"}, {"41.7 ms", 41.7}, {}, {"b2"}});
    table.add({{"omega"}, {"alive"}, {"direct"}, {"0.40 ms", 0.4}, {}, {"e5"}});
    return table;
}

std::string text(const table_options& options, ctl::console_style style = {}) {
    const screen here(style);
    const auto table = five_nodes();
    const auto choice = table.choose(options);
    REQUIRE(choice.has_value());
    CHECK(choice->rows.size() + choice->hidden + choice->cut == table.size());
    return table.text(*choice, options, here.console);
}

/// The names in the order in which they are shown.
std::string names(const table_options& options) {
    const auto table = five_nodes();
    const auto choice = table.choose(options);
    REQUIRE(choice.has_value());
    std::string joined;
    for (const auto row : choice->rows)
        joined += "dagbo"[row];
    return joined;
}

table_options where(std::vector<std::string> conditions) {
    table_options options;
    options.where = std::move(conditions);
    return options;
}

table_options sorted(std::string by) {
    table_options options;
    options.sort = std::move(by);
    return options;
}

failure error(const table_options& options) {
    const auto choice = five_nodes().choose(options);
    REQUIRE(choice.has_error());
    CHECK(choice.error().exit == exit_code::usage);
    CHECK(choice.error().code == "E_USAGE");
    return choice.error();
}

}  // namespace

TEST_CASE("ctl: a table has the usual columns that say something, and a total", "[ctl]") {
    CHECK(
        text({})
        == "NODE   STATE    PATH                 RTT\n"
           "delta  alive    direct            9.0 ms\n"
           "alpha  alive    relay broker-01  38.1 ms\n"
           "gamma  dead     not connected\n"
           "beta   joining  relay bridge-01  41.7 ms\n"
           "omega  alive    direct           0.40 ms\n"
           "5 nodes: 3 alive, 1 dead, 1 joining\n"
    );
}

TEST_CASE("ctl: a filter shows what it hides", "[ctl]") {
    CHECK(
        text(where({"path:relay"}))
        == "NODE   STATE    PATH                 RTT\n"
           "alpha  alive    relay broker-01  38.1 ms\n"
           "beta   joining  relay bridge-01  41.7 ms\n"
           "2 of 5 nodes match `path:relay` (3 hidden by filter): 1 alive, 1 joining\n"
    );
    CHECK(text(where({"path:pigeon"})) == "none of 5 nodes matches `path:pigeon`\n");
}

TEST_CASE("ctl: conditions are words of a column, negated and joined", "[ctl]") {
    CHECK(names(where({"path:RELAY"})) == "ab");
    CHECK(names(where({"path:bridge"})) == "b");
    CHECK(names(where({"path:idge"})).empty());
    CHECK(names(where({"-path:relay"})) == "dgo");
    CHECK(names(where({"path:relay", "-state:joining"})) == "a");
    CHECK(names(where({"state:dead,joining"})) == "gb");
    CHECK(names(where({"-state:dead,joining"})) == "dao");
    CHECK(names(where({"rtt:"})) == "g");
    CHECK(names(where({"-rtt:"})) == "dabo");
    CHECK(names(where({"id:b"})) == "b");
}

TEST_CASE("ctl: numbers are sorted as numbers, and what is not known comes last", "[ctl]") {
    CHECK(names(sorted("rtt")) == "odabg");
    CHECK(names(sorted("-rtt")) == "badog");
    CHECK(names(sorted("node")) == "abdgo");
    CHECK(names(sorted("state,-node")) == "odagb");
}

TEST_CASE("ctl: a limit counts what it cuts off", "[ctl]") {
    auto options = sorted("node");
    options.limit = 2;
    options.columns = "node";
    CHECK(
        text(options)
        == "NODE\nalpha\nbeta\n2 of 5 nodes (3 more than --limit): 1 alive, 1 joining\n"
    );
    options.where = {"state:alive"};
    CHECK(
        text(options)
        == "NODE\nalpha\ndelta\n"
           "2 of 5 nodes match `state:alive` (2 hidden by filter, 1 more than --limit): 2 alive\n"
    );
}

TEST_CASE("ctl: columns can be named, and all of them asked for", "[ctl]") {
    table_options options;
    options.columns = "id,Node,why";
    options.limit = 1;
    CHECK(text(options).starts_with("ID  NODE   WHY\nd4  delta\n"));
    options.columns = "all";
    CHECK(text(options).starts_with("NODE   STATE  PATH       RTT  WHY  ID\n"));
}

TEST_CASE("ctl: quiet has no total, and titles can be left out", "[ctl]") {
    ctl::console_style style;
    style.quiet = true;
    style.header = false;
    table_options options;
    options.columns = "node";
    options.limit = 1;
    CHECK(text(options, style) == "delta\n");
}

TEST_CASE("ctl: a state has a colour where there are colours", "[ctl]") {
    ctl::console_style style;
    style.colour = true;
    style.quiet = true;
    style.header = false;
    ctl::table_view table("node", "", {{"state"}, {"node"}});
    table.add({{"dead", {}, ctl::tone::bad}, {"a"}});
    table.add({{"dying", {}, ctl::tone::plain}, {"b"}});
    const screen here(style);
    CHECK(
        table.text(table.choose({}).value(), {}, here.console)
        == "\x1b[31mdead\x1b[0m   a\ndying  b\n"
    );
}

TEST_CASE("ctl: CSV has numbers with their unit in the title", "[ctl]") {
    const screen here;
    ctl::table_view table("node", "", {{"node"}, {"rtt", align::right, true, "ms"}, {"why"}});
    table.add({{"a,\"b\""}, {"9.5 ms", 9.5}, {"\x1b[2J"}});
    table.add({{"c"}, {}, {}});
    CHECK(
        table.csv(table.choose({}).value(), {}, here.console)
        == "node,rtt_ms,why\r\n\"a,\"\"b\"\"\",9.5,?[2J\r\nc,,\r\n"
    );
}

TEST_CASE("ctl: a column that there is not is a usage error with what was meant", "[ctl]") {
    CHECK(
        error(where({"stat:alive"})).message
        == "there is no column \"stat\"; did you mean \"state\"?"
    );
    CHECK(error(where({"stat:alive"})).hint == "columns: node, state, path, rtt, why, id");
    CHECK(error(where({"alive"})).message == "\"alive\" is no condition");
    error(sorted("-nod"));
    table_options options;
    options.columns = "node,";
    error(options);
}
