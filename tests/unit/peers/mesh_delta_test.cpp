// SPDX-License-Identifier: Apache-2.0
// Deltas between two nodes, and when which of the two forms goes.
#include "mesh_sample.hpp"
#include "support/catch.hpp"
#include "wire/postcard.hpp"

using namespace meshhost;
using namespace meshhost::peers::proto;
using test::mesh_node;
using test::sample_contribution;

namespace {

constexpr std::uint8_t record_kind = 1;
constexpr std::uint8_t delta_kind = 3;

/// As nodes mostly are: a delta is much less than the whole.
void describe_as_usual(mesh_node& node) {
    self_description what;
    what.mesh = "m";
    what.name = "node-1";
    what.version = "1.0";
    what.roles = {"compute", "gateway"};
    for (std::uint8_t i = 1; i < 9; ++i)
        what.addresses.push_back(ip_endpoint::v4({192, 0, 2, i}, 4433));
    what.home_relay = "https://relay.example.org/";
    REQUIRE_FALSE(node.self.describe(what));
}

struct pair {
    mesh_node a{1}, b{2};

    pair() {
        describe_as_usual(a);
        contribute("jobs", 0);
        a.talk.neighbor_up(test::sample_key(9).id(), a.now);
    }
    void contribute(const std::string& key, std::int64_t value) {
        REQUIRE_FALSE(a.self.set_contribution(sample_contribution("compute", key, value)));
    }
    /// The only thing that it says now.
    byte_buffer say() {
        const auto said = a.say();
        REQUIRE(said.size() == 1);
        return said.front();
    }
    /// b has what a says of itself.
    bool is_level() const {
        const auto* const entry = b.registry.find(a.id());
        return entry != nullptr && entry->digest && *entry->digest == a.self.digest()
               && entry->record == a.self.record();
    }
};

}  // namespace

TEST_CASE("mesh: the first record is whole, a change goes as a delta", "[peers][mesh][delta]") {
    pair mesh;
    const auto first = mesh.say();
    REQUIRE(first.front() == record_kind);
    mesh.b.hear({first});
    REQUIRE(mesh.is_level());
    mesh.a.advance(1s);
    mesh.contribute("jobs", 1);
    const auto second = mesh.say();
    CHECK(second.front() == delta_kind);
    CHECK(2 * second.size() < first.size());
    mesh.b.hear({second});
    CHECK(mesh.is_level());
    CHECK(mesh.b.talk.counts().deltas_applied == 1);
    CHECK(mesh.a.talk.counts().deltas_said == 1);
    CHECK(mesh.a.talk.counts().delta_bytes_said == second.size());
    CHECK(mesh.b.talk.counts().delta_bytes_heard == second.size());
}

TEST_CASE("mesh: deltas may be lost, late or doubled", "[peers][mesh][delta]") {
    pair mesh;
    mesh.b.hear({mesh.say()});
    std::vector<byte_buffer> deltas;
    for (int i = 0; i < 4; ++i) {
        mesh.a.advance(1s);
        mesh.contribute("jobs", i % 2 == 0 ? 5 : 0);  // back to what it was, too
        deltas.push_back(mesh.say());
        REQUIRE(deltas.back().front() == delta_kind);
    }
    SECTION("all but the last are lost") {
        mesh.b.hear({deltas[3]});
    }
    SECTION("in the opposite order") {
        mesh.b.hear({deltas[3], deltas[2], deltas[1], deltas[0]});
    }
    SECTION("one is lost") {
        mesh.b.hear({deltas[0], deltas[2], deltas[3]});
    }
    SECTION("each many times") {
        for (int i = 0; i < 10; ++i)
            mesh.b.hear(deltas);
        CHECK(mesh.b.talk.counts().deltas_applied == 4);
    }
    CHECK(mesh.is_level());
    CHECK(mesh.b.talk.counts().records_forged == 0);
}

TEST_CASE("mesh: a record that a link signed between is as good a base", "[peers][mesh][delta]") {
    pair mesh;
    mesh.b.hear({mesh.say()});
    mesh.contribute("jobs", 7);
    const byte_buffer between = mesh.a.self.sign(mesh.a.now);  // for a direct connection
    REQUIRE(mesh.b.talk.take_record(between, mesh.b.now));
    mesh.contribute("jobs", 0);  // what the mesh has heard
    mesh.a.advance(1s);
    const auto delta = mesh.say();
    REQUIRE(delta.front() == delta_kind);
    mesh.b.hear({delta});
    CHECK(mesh.is_level());
}

TEST_CASE("mesh: a delta without its base leads to a comparison", "[peers][mesh][delta]") {
    pair mesh;
    mesh.say();  // b does not hear it
    mesh.b.talk.neighbor_up(test::sample_key(9).id(), mesh.b.now);
    for (int i = 0; i < 100; ++i) {  // the first comparisons are over
        mesh.b.advance(10s);
        mesh.b.say();
    }
    mesh.b.syncs.clear();
    mesh.a.advance(1s);
    mesh.contribute("jobs", 1);
    mesh.b.hear({mesh.say()});
    CHECK(mesh.b.registry.size() == 0);
    CHECK(mesh.b.talk.counts().deltas_without_base == 1);
    mesh.b.advance(3s);
    mesh.b.say();
    CHECK(mesh.b.syncs.size() == 1);
}

TEST_CASE("mesh: a delta that overtook its base waits for it", "[peers][mesh][delta]") {
    pair mesh;
    const auto base = mesh.say();
    mesh.a.advance(1s);
    mesh.contribute("jobs", 1);
    const auto early = mesh.say();
    mesh.a.advance(1s);
    mesh.contribute("jobs", 2);
    const auto delta = mesh.say();
    REQUIRE(delta.front() == delta_kind);
    mesh.b.hear({delta});
    CHECK(mesh.b.sees(mesh.a) == "unknown");
    SECTION("gossip brings it") {
        mesh.b.hear({base});
    }
    SECTION("an older delta is none the wiser") {
        mesh.b.hear({early, base});
    }
    SECTION("a comparison brings it") {
        REQUIRE(mesh.b.talk.take_record(bytes_view(base).subspan(1), mesh.b.now));
    }
    CHECK(mesh.is_level());
    CHECK(mesh.b.talk.counts().deltas_applied == 1);
}

TEST_CASE("mesh: deltas that wait are bounded", "[peers][mesh][delta]") {
    config few;
    few.shelved_max = 2;
    mesh_node b(2, few);
    std::vector<byte_buffer> bases, deltas;
    for (std::uint8_t seed = 3; seed < 6; ++seed) {
        mesh_node a(seed);
        describe_as_usual(a);
        a.talk.neighbor_up(b.id(), a.now);
        bases.push_back(a.say().front());
        a.advance(1s);
        REQUIRE_FALSE(a.self.set_contribution(sample_contribution("c", "jobs", std::int64_t{1})));
        deltas.push_back(a.say().front());
        REQUIRE(deltas.back().front() == delta_kind);
    }
    b.hear(deltas);
    b.hear(bases);
    CHECK(b.talk.counts().deltas_applied == 2);  // the oldest made room
}

TEST_CASE("mesh: who waits for a base asks several, and not for ever", "[peers][mesh][delta]") {
    pair mesh;
    mesh.say();  // b does not hear it, nor do those whom it asks
    mesh.b.talk.neighbor_up(test::sample_key(9).id(), mesh.b.now);
    for (int i = 0; i < 100; ++i) {
        mesh.b.advance(10s);
        mesh.b.say();
    }
    mesh.b.syncs.clear();
    mesh.a.advance(1s);
    mesh.contribute("jobs", 1);
    mesh.b.hear({mesh.say()});
    for (int i = 0; i < 60; ++i) {
        mesh.b.advance(1s);
        mesh.b.say();
    }
    CHECK(mesh.b.syncs.size() == 1U + static_cast<unsigned>(mesh.b.options.catch_up_rounds));
}

TEST_CASE("mesh: forged deltas change nothing and cost little", "[peers][mesh][delta]") {
    pair mesh;
    const auto first = mesh.say();
    mesh.b.hear({first});
    mesh.a.advance(1s);
    mesh.contribute("jobs", 1);
    const auto genuine = mesh.say();
    mesh.b.talk.neighbor_up(test::sample_key(9).id(), mesh.b.now);
    SECTION("with a signature that is not its origin's") {
        for (std::size_t at = genuine.size() - signature_size; at < genuine.size(); ++at) {
            auto forged = genuine;
            forged[at] ^= 1;
            mesh.b.hear({forged});
        }
        CHECK(mesh.b.talk.counts().records_forged == signature_size);
        CHECK_FALSE(mesh.is_level());
        mesh.b.hear({genuine});
        CHECK(mesh.is_level());
    }
    SECTION("of bases that nobody has") {
        const auto* const known = mesh.b.registry.find(mesh.a.id());
        for (std::uint64_t i = 1; i <= 1000; ++i) {
            node_digest digest = *known->digest;
            digest.incarnation += i;
            digest.sequence = 2;
            auto record = encode_digest(digest).value();
            record.resize(record.size() + signature_size);
            mesh.b.hear({make_delta_message(make_delta(record, 1, {}))});
            mesh.b.advance(100ms);
            mesh.b.say();
        }
        CHECK(mesh.b.talk.counts().deltas_without_base == 1000);
        CHECK(mesh.b.talk.counts().unverified == 0);
        CHECK(mesh.b.syncs.size() <= 22);
        mesh.b.hear({genuine});
        CHECK(mesh.is_level());
    }
    SECTION("from a number that nobody reaches") {
        digest_delta read = *read_delta(bytes_view(genuine).subspan(1));
        byte_buffer body(genuine.begin() + 1, genuine.begin() + 33);
        wire::postcard_writer out(body);
        out.varint(number_max + 1);
        out.varint(read.version.sequence);
        out.varint(read.base);
        out.fixed(read.rest);
        body.insert(body.begin(), delta_kind);
        mesh.b.hear({body});
        CHECK(mesh.b.talk.counts().records_future == 1);
        CHECK(mesh.b.talk.counts().deltas_without_base == 0);
    }
}

TEST_CASE("mesh: a delta that is hardly smaller is a new base", "[peers][mesh][delta]") {
    pair mesh;
    mesh.b.hear({mesh.say()});
    const auto bytes_of = [](std::uint8_t fill) { return byte_buffer(200, fill); };
    mesh.a.advance(1s);
    REQUIRE_FALSE(mesh.a.self.set_contribution(sample_contribution("compute", "k", bytes_of(1))));
    const auto large = mesh.say();
    CHECK(large.front() == record_kind);
    mesh.b.hear({large});
    mesh.a.advance(1s);
    mesh.a.self.set_state(node_state::draining);
    const auto small = mesh.say();  // what changed before is in the new base
    CHECK(small.front() == delta_kind);
    CHECK(small.size() < 150);
    mesh.b.hear({small});
    CHECK(mesh.is_level());
    CHECK(mesh.b.sees(mesh.a) == "draining");
}

TEST_CASE("mesh: a new incarnation and a doubt go whole", "[peers][mesh][delta]") {
    pair mesh;
    mesh.b.hear({mesh.say()});
    mesh.a.advance(1s);
    SECTION("overruled") {
        REQUIRE(mesh.a.self.overrule({1500, 1}));
    }
    SECTION("lost") {
        const loss_report report{mesh.a.id(), mesh.a.self.digest().number(), mesh.b.id()};
        mesh.a.hear({make_loss_message(mesh.b.key, report)});
    }
    SECTION("no neighbour was there") {
        mesh.a.talk.neighbor_down(test::sample_key(9).id(), false, mesh.a.now);
        mesh.a.talk.neighbor_up(test::sample_key(9).id(), mesh.a.now);
    }
    const auto said = mesh.say();
    CHECK(said.front() == record_kind);
    mesh.b.hear({said});
    CHECK(mesh.is_level());
}

TEST_CASE("mesh: loads and neighbours do not chatter", "[peers][mesh][emission]") {
    pair mesh;
    mesh.say();
    std::size_t said = 0;
    for (int i = 0; i < 6000; ++i) {  // ten minutes
        mesh.a.advance(100ms);
        mesh.a.self.set_load({static_cast<std::uint8_t>(i % 8), 0});
        const auto other = test::sample_key(static_cast<std::uint8_t>(10 + i % 5)).id();
        if (i % 2 == 0)
            mesh.a.talk.neighbor_up(other, mesh.a.now);
        else
            mesh.a.talk.neighbor_down(other, false, mesh.a.now);
        said += mesh.a.say().size();
    }
    CHECK(said >= 20);
    CHECK(said <= 60);
}

TEST_CASE("mesh: a quiet node says itself again four times an hour", "[peers][mesh][emission]") {
    pair mesh;
    mesh.say();
    std::size_t said = 0;
    for (int minute = 0; minute < 24 * 60; ++minute) {
        mesh.a.advance(1min);
        for (const auto& each : mesh.a.say()) {
            CHECK(each.front() == record_kind);
            ++said;
        }
    }
    CHECK(said >= 24 * 60 / 18 - 1);
    CHECK(said <= 24 * 60 / 12);
}

TEST_CASE("mesh: on a clock the whole record goes, whatever changed", "[peers][mesh][clock]") {
    config clocked;
    clocked.emit_interval = 500ms;
    mesh_node a(1, clocked), b(2, clocked), c(3);
    a.talk.neighbor_up(test::sample_key(9).id(), a.now);
    std::size_t said = 0;
    node_meters meters;
    for (int i = 0; i < 6000; ++i) {  // a minute
        for (mesh_node* each : {&a, &b, &c})
            each->advance(10ms);
        meters.frames_sent = static_cast<std::uint64_t>(i);
        a.self.set_meters(meters);
        const auto contents = a.say();
        said += contents.size();
        for (const auto& content : contents)
            CHECK(content.front() == record_kind);
        b.hear(contents);
        c.hear(contents);
    }
    CHECK(said >= 119);
    CHECK(said <= 122);
    for (const mesh_node* each : {&b, &c}) {  // whether it is on the clock itself or not
        CHECK(each->talk.counts().records_taken == said);
        CHECK(each->talk.counts().records_excess == 0);
        const auto* const seen = each->registry.find(a.id());
        REQUIRE(seen->digest->meters);
        CHECK(seen->digest->meters->frames_sent > 5900);
    }
}

TEST_CASE("mesh: who sends more on a clock than that is not heard", "[peers][mesh][clock]") {
    mesh_node b(2);
    auto digest = test::small_digest(1);
    digest.mesh = "m";
    digest.meters.emplace();
    std::size_t sent = 0;
    for (; sent < 6000; ++sent) {  // a hundred a second for a minute
        ++digest.sequence;
        b.hear({make_record_message(sign_digest(test::sample_key(1), digest).value())});
        b.advance(10ms);
    }
    CHECK(b.talk.counts().records_taken <= 1 + 40 + 150);
    CHECK(b.talk.counts().records_taken >= 150);
    CHECK(b.talk.counts().records_taken + b.talk.counts().records_excess == sent);
}

TEST_CASE("mesh: without a clock nobody hears of meters", "[peers][mesh][clock]") {
    pair mesh;
    mesh.a.self.set_meters({});
    mesh.b.hear({mesh.say()});
    CHECK_FALSE(mesh.b.registry.find(mesh.a.id())->digest->meters);
}
