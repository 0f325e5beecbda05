// SPDX-License-Identifier: Apache-2.0
#include "ctl/event_lines.hpp"
#include "ctl_fixture.hpp"

using namespace meshhost;
using test::json;
using test::screen;

namespace {

constexpr const char* stale = R"({"schema":"meshhost.event/1","seq":812,
    "at":"2026-11-22T12:10:06.912Z","type":"peer.state","node":"aa","peer":"bbbbbbbbbbbbbbbb",
    "name":"compute-05","from":"alive","to":"stale","reason":"2 of 4 neighbours lost it 6 s ago"})";

constexpr const char* up = R"({"seq":813,"at":"2026-11-23T00:00:00.001Z","type":"neighbor.up",
    "peer":"bbbbbbbbbbbbbbbb","name":null,"from":null,"to":"eager","reason":null})";

}  // namespace

TEST_CASE("ctl: an event is a line, below its day", "[ctl]") {
    const screen here;
    ctl::event_lines lines(here.console);
    CHECK(
        lines.line(json(stale))
        == "2026-11-22 (UTC)\n12:10:06.912 peer.state compute-05 alive -> stale  "
           "2 of 4 neighbours lost it 6 s ago\n"
    );
    CHECK(lines.line(json(stale)).starts_with("12:10:06.912 peer.state"));
    auto again = json(stale);
    again["from"] = "stale";
    CHECK(lines.line(again).find("compute-05 still stale  2 of 4") != std::string::npos);
    CHECK(lines.line(json(up)) == "2026-11-23 (UTC)\n00:00:00.001 neighbor.up bbbbbbbbbb eager\n");
}

TEST_CASE("ctl: a gap in the events is told of", "[ctl]") {
    const screen here;
    ctl::event_lines lines(here.console);
    CHECK(
        lines.line(json(R"({"type":"gap","from":5,"to":9})"))
        == "events 5 to 9 were let go before they could be shown\n"
    );
}

TEST_CASE("ctl: an event of another version is shown as far as it goes", "[ctl]") {
    const screen here;
    ctl::event_lines lines(here.console);
    CHECK(lines.line({}) == " \n");
    CHECK(
        lines.line(json(R"({"at":"soon","type":"x\u001b[2J","name":7,"to":"\u009b"})"))
        == "soon (UTC)\nsoon x?[2J ?\n"
    );
}

TEST_CASE("ctl: events are rows, for conditions and CSV", "[ctl]") {
    const screen here;
    const auto table = ctl::events_table({json(stale), json(up), boost::json::value(7)});
    CHECK(table.size() == 3);
    ctl::table_options options;
    options.where = {"to:stale,dead"};
    options.columns = "node,from,to,seq";
    const auto choice = table.choose(options).value();
    CHECK(
        table.csv(choice, options, here.console)
        == "node,from,to,seq\r\ncompute-05,alive,stale,812\r\n"
    );
}
