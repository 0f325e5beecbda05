// SPDX-License-Identifier: Apache-2.0
#include "observe/proto/picture_pages.hpp"
#include "support/catch.hpp"
#include "unit/observe/told_picture.hpp"

#include <fmt/format.h>

#include <algorithm>

using namespace meshhost;
using namespace meshhost::observe::proto;
using test::picture;

namespace json = boost::json;

namespace {

/// n0 ... n19, each linked to the next; every fifth is dead, and n3's use is not known.
picture ring() {
    picture made;
    for (int i = 0; i < 20; ++i) {
        const auto id = fmt::format("{:02x}", i);
        made.nodes[id] = {
            {"id", id},
            {"name", fmt::format("n{}", i)},
            {"state", i % 5 == 0 ? "dead" : "alive"},
            {"roles", json::array()},
            {"budget", {{"cpu_millicores", 1000}, {"memory_bytes", 1000}}},
            {"usage", nullptr}};
        if (i != 3) made.nodes[id]["usage"] = {{"cpu_millicores", i % 4 * 333}, {"rss_bytes", i}};
        const auto next = fmt::format("{:02x}", (i + 1) % 20);
        const auto pair = std::minmax(id, next);
        const auto edge = pair.first + "|" + pair.second;
        made.edges[edge] = {{"id", edge}, {"kind", i == 7 ? "relayed" : "direct"}, {"rtt_us", i}};
    }
    return made;
}

packed_picture packed(const picture& all) {
    packed_picture out;
    out.begin();
    test::tell(all, out);
    out.finish();
    return out;
}

/// All pages of a question, one after the other.
std::vector<std::string> walk(const packed_picture& in, node_question asked) {
    std::vector<std::string> ids;
    while (true) {
        const auto page = find_nodes(in, asked);
        CHECK(page.ids.size() <= asked.limit);
        ids.insert(ids.end(), page.ids.begin(), page.ids.end());
        if (!page.next) return ids;
        REQUIRE(ids.size() < 100);
        asked.after = asked.order.read_cursor(*page.next);
        REQUIRE(asked.after);
    }
}

node_order order(std::string_view text) {
    const auto read = node_order::parse(text);
    REQUIRE(read);
    return *read;
}

}  // namespace

TEST_CASE("observe: pages together are the whole, in order, whatever their size", "[observe]") {
    const auto all = packed(ring());
    for (const char* sort :
         {"name",
          "-name",
          "id",
          "state",
          "-state",
          "tier",
          "roles",
          "version",
          "cpu",
          "-cpu",
          "ram",
          "neighbors",
          "since",
          "-started"}) {
        CAPTURE(sort);
        const auto whole = walk(all, {.order = order(sort), .limit = 1000});
        CHECK(whole.size() == 20);
        for (const std::size_t limit : {1, 3, 7, 19, 20})
            CHECK(walk(all, {.order = order(sort), .limit = limit}) == whole);
    }
    CHECK_FALSE(node_order::parse("colour"));
    CHECK_FALSE(node_order::parse("--name"));
}

TEST_CASE("observe: names count as people do, and what is not known stands last", "[observe]") {
    const auto all = packed(ring());
    const auto by_name = walk(all, {});
    CHECK(by_name[2] == "02");
    CHECK(by_name[10] == "0a");
    CHECK(walk(all, {.order = order("-name")}).front() == "13");
    for (const char* sort : {"cpu", "-cpu"}) {
        const auto ids = walk(all, {.order = order(sort)});
        // n3 says nothing, and what is dead uses nothing.
        CHECK(
            std::vector(ids.end() - 5, ids.end())
            == std::vector<std::string>{"00", "03", "05", "0a", "0f"}
        );
    }
    CHECK(walk(all, {.order = order("-cpu")}).front() == "07");
}

TEST_CASE("observe: those of one name stand by their ids, page by page", "[observe]") {
    picture alike;
    for (const char* id : {"c", "a", "d", "b"})
        alike.nodes[id] = {{"id", id}, {"name", "same"}, {"state", "alive"}};
    for (const char* sort : {"name", "-name", "state", "-cpu"})
        CHECK(
            walk(packed(alike), {.order = order(sort), .limit = 1})
            == std::vector<std::string>{"a", "b", "c", "d"}
        );
}

TEST_CASE("observe: a page says how many there are, and how many match", "[observe]") {
    const auto all = packed(ring());
    const auto page = find_nodes(all, {.where = node_filter("state:dead"), .limit = 3});
    CHECK(page.total == 20);
    CHECK(page.matched == 4);
    CHECK(page.ids == std::vector<std::string>{"00", "05", "0a"});
    CHECK(
        find_nodes(all, {.where = node_filter("path:relayed")}).ids
        == std::vector<std::string>{"07", "08"}
    );
    CHECK(find_nodes(all, {.where = node_filter("name~nobody")}).matched == 0);
}

TEST_CASE("observe: a page goes on behind its cursor, whatever went or came", "[observe]") {
    auto mesh = ring();
    const node_question asked{.limit = 5};
    const auto first = find_nodes(packed(mesh), asked);
    REQUIRE(first.next);
    mesh.nodes.erase("04");  // the last of the first page
    mesh.nodes["77"] = {{"id", "77"}, {"name", "n1a"}, {"state", "alive"}};  // before it
    mesh.nodes["78"] = {{"id", "78"}, {"name", "n4a"}, {"state", "alive"}};  // behind it
    auto more = asked;
    more.after = asked.order.read_cursor(*first.next);
    CHECK(
        find_nodes(packed(mesh), more).ids == std::vector<std::string>{"78", "05", "06", "07", "08"}
    );
}

TEST_CASE("observe: what is no cursor of the same order is refused", "[observe]") {
    const auto by_name = node_order();
    const auto cursor = by_name.cursor_at({1.0 / 3, "x", "y"});
    const auto back = by_name.read_cursor(cursor);
    REQUIRE(back);
    CHECK(std::get<double>(back->value) == 1.0 / 3);
    CHECK_FALSE(order("-name").read_cursor(cursor));
    CHECK_FALSE(order("cpu").read_cursor(cursor));
    for (const char* odd : {"", "zz", "5b5d", "5b", "00", "225b30225d"})
        CHECK_FALSE(by_name.read_cursor(odd));
    CHECK_FALSE(by_name.read_cursor(std::string(1u << 20, '0')));
    CHECK_FALSE(read_edge_cursor("x"));
    CHECK_FALSE(read_edge_cursor(std::string(1u << 20, '0')));
}

TEST_CASE("observe: edges by their own fields and by their ends, page by page", "[observe]") {
    const auto all = packed(ring());
    edge_question asked{.where = node_filter("rtt>=0 -name:n1"), .after = "", .limit = 4};
    std::vector<std::string> ids;
    while (true) {
        const auto page = find_edges(all, asked);
        CHECK(page.total == 20);
        CHECK(page.matched == 18);
        ids.insert(ids.end(), page.ids.begin(), page.ids.end());
        if (!page.next) break;
        asked.after = *read_edge_cursor(*page.next);
    }
    CHECK(ids.size() == 18);
    CHECK(std::is_sorted(ids.begin(), ids.end()));
    CHECK(find_edges(all, {.where = node_filter("path:relayed state:dead")}).ids.empty());
    CHECK(
        find_edges(all, {.where = node_filter("path:relayed name:n8"), .after = ""}).ids
        == std::vector<std::string>{"07|08"}
    );
    CHECK(find_edges(all, {}).ids.size() == 20);
}

TEST_CASE("observe: all that match, for a picture of them", "[observe]") {
    CHECK(
        matching_nodes(packed(ring()), node_filter("state:dead"))
        == std::set<std::string>{"00", "05", "0a", "0f"}
    );
}
