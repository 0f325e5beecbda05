// SPDX-License-Identifier: Apache-2.0
#include "observe/proto/link_history.hpp"
#include "support/catch.hpp"
#include "unit/observe/told_picture.hpp"

#include <fmt/format.h>

#include <random>

using namespace meshhost;
using namespace meshhost::observe::proto;

namespace json = boost::json;
using namespace std::chrono_literals;

namespace {

const std::string a(64, 'a');
const std::string b(64, 'b');
const std::string ab = a + "|" + b;
const std::string ac = a + "|" + std::string(64, 'c');

struct mesh {
    explicit mesh(const link_limits& limits = {})
        : links(limits) {}
    void at(std::chrono::milliseconds moment) {
        packed.begin();
        test::tell(now, packed);
        links.add(moment, packed.finish().links);
    }
    void set(const std::string& id, const char* kind, const char* reason, int rtt = 0) {
        now.edges[id] = {{"id", id}, {"kind", kind}, {"reason", reason}, {"rtt_us", rtt}};
    }

    test::picture now;
    packed_picture packed;
    link_history links;
};

std::string text_of(const std::vector<link_step>& steps) {
    std::string out;
    for (const auto& each : steps)
        out += fmt::format("{}:{}/{} ", each.at.count(), each.kind, each.reason);
    return out;
}

}  // namespace

TEST_CASE("observe: how a link was is remembered", "[observe]") {
    mesh m;
    CHECK(m.links.of(ab).empty());
    m.now.nodes[a] = {{"id", a}};
    m.at(1ms);
    CHECK(text_of(m.links.of(ab)) == "1:/ ");
    m.set(ac, "direct", "lan");
    m.set(ab, "relayed", "nat_symmetric_both");
    m.at(2ms);
    m.set(ab, "relayed", "nat_symmetric_both", 7);  // no news of the path
    m.at(3ms);
    m.set(ab, "direct", "punched", 7);
    m.set(ac, "relayed", "x");
    m.at(4ms);
    m.set(ab, "direct", "lan");
    m.at(5ms);
    m.now.edges.erase(ab);
    m.at(6ms);
    m.set(ab, "unknown", "");
    m.at(7ms);
    CHECK(
        text_of(m.links.of(ab))
        == "1:/ 2:relayed/nat_symmetric_both 4:direct/punched 5:direct/lan 6:/ 7:unknown/ "
    );
    CHECK(text_of(m.links.of(ac)) == "1:/ 2:direct/lan 4:relayed/x ");
    CHECK(text_of(m.links.of(b + "|" + a)) == "1:/ ");
}

TEST_CASE(
    "observe: when somebody asked, and when nobody did, is no history of a link",
    "[observe]"
) {
    mesh m;
    m.set(ab, "unknown", "");  // the gossip tells of links, and not what they are
    m.at(1ms);
    m.set(ab, "direct", "lan");
    m.at(2ms);
    CHECK(text_of(m.links.of(ab)) == "1:direct/lan ");
    m.set(ab, "unknown", "");
    m.at(3ms);
    m.set(ab, "direct", "lan");
    m.at(4ms);
    CHECK(text_of(m.links.of(ab)) == "1:direct/lan ");
    m.set(ab, "unknown", "");
    m.set(ac, "unknown", "");
    m.at(5ms);
    m.set(ab, "relayed", "x");
    m.set(ac, "relayed", "y");
    m.at(6ms);
    CHECK(text_of(m.links.of(ab)) == "1:direct/lan 6:relayed/x ");
    CHECK(text_of(m.links.of(ac)) == "1:/ 5:relayed/y ");
}

TEST_CASE("observe: a link that is older than the memory begins as it was", "[observe]") {
    mesh m({.age_max = 100ms});
    m.set(ab, "direct", "lan");
    for (int i = 0; i < 40; ++i) {
        m.now.mesh["i"] = i;
        if (i == 35) m.set(ab, "relayed", "x");
        m.at(i * 10ms);
    }
    const auto steps = m.links.of(ab);
    REQUIRE(steps.size() == 2);
    CHECK(steps[0].at == *m.links.oldest());
    CHECK(steps[0].kind == "direct");
    CHECK(steps[1].at == 350ms);
}

TEST_CASE("observe: the history of a link is what its pictures showed", "[observe]") {
    std::mt19937 random(11);
    const char* const kinds[] = {"direct", "relayed", "mixed"};
    mesh m;
    std::map<int, std::string> kept;
    for (int i = 0; i < 400; ++i) {
        for (const auto& id : {ab, ac}) {
            if (random() % 3 != 0) continue;
            m.now.edges.erase(id);
            if (random() % 4 != 0)
                m.set(id, kinds[random() % 3], "r", static_cast<int>(random() % 9));
        }
        m.now.mesh["i"] = i;
        m.at(std::chrono::milliseconds(i));
        kept[i] =
            m.now.edges.contains(ab) ? std::string(m.now.edges[ab].at("kind").as_string()) : "";
    }
    const auto steps = m.links.of(ab);
    std::size_t step = 0;
    for (const auto& [at, kind] : kept) {
        while (step + 1 < steps.size() && steps[step + 1].at.count() <= at)
            ++step;
        REQUIRE(steps[step].kind == kind);
    }
    CHECK(steps.size() > 50);
}

TEST_CASE("observe: links that come and go take no more room than there is", "[observe]") {
    mesh m({.age_max = 600s, .steps_max = 100});
    m.set(ab, "direct", "lan");
    for (int i = 0; i < 2000; ++i) {
        const auto other = fmt::format("{:064x}|{:064x}", i, i + 1);
        m.set(other, i % 2 == 0 ? "direct" : "relayed", "x");
        m.at(std::chrono::milliseconds(2 * i));
        m.now.edges.erase(other);
        m.at(std::chrono::milliseconds(2 * i + 1));
        REQUIRE(m.links.steps() <= 100);
        REQUIRE(m.links.of(ab).front().kind == "direct");
    }
    for (int i = 0; i < 500; ++i)
        m.set(fmt::format("{:064x}|{:064x}", i, i + 2), "direct", "lan");
    m.at(5s);  // more than there is room for, and all of them there
    m.now.edges.erase(ab);
    m.at(6s);
    CHECK(m.links.steps() <= 1100);
    CHECK(text_of(m.links.of(ab)) == "5000:direct/lan 6000:/ ");
}
