// SPDX-License-Identifier: Apache-2.0
// The driver: what the machine decides reaches the transport, and the other way round.
#include "peers/proto/errc.hpp"
#include "peers/proto/signed_digest.hpp"
#include "service_fixture.hpp"

using namespace meshhost;
using namespace meshhost::peers;
using test::service_fixture;

namespace {

/// A peer that is no peers_service: it says on the stream what the test wants.
class crafted_peer final : public transport::connection_handler, public transport::stream_handler {
public:
    void on_connected(transport::connection&) override { is_connected = true; }
    void on_stream(transport::connection&, std::shared_ptr<transport::stream>) override {}
    void on_closed(transport::connection&, const transport::close_reason& reason) override {
        closed = reason;
    }
    void on_data(transport::stream& from, bytes_view data, bool) override {
        received.insert(received.end(), data.begin(), data.end());
        from.consume(data.size());
    }
    void on_closed(transport::stream&, transport::stream_end, std::uint64_t) override {}

    bool is_connected = false;
    byte_buffer received;
    std::optional<transport::close_reason> closed;
};

struct crafted_fixture : service_fixture {
    std::unique_ptr<test::service_host> host = start(1);
    test::fake_endpoint endpoint{network, test::sample_key(9), ip_endpoint::loopback_v4(9)};
    std::shared_ptr<crafted_peer> peer = std::make_shared<crafted_peer>();
    std::shared_ptr<transport::connection> connection =
        endpoint.connect(host->endpoint.address(), digest_alpn, peer, {});

    crafted_fixture() {
        REQUIRE(run_until([&] { return peer->is_connected; }));
    }
    byte_buffer own_record(std::uint64_t sequence = 1) {
        auto digest = test::small_digest(9, 1, sequence);
        digest.mesh = "lab";
        return proto::make_record_frame(proto::sign_digest(endpoint.key(), digest).value());
    }
    std::uint64_t code_of_close() {
        REQUIRE(run_until([&] { return peer->closed.has_value(); }));
        CHECK(peer->closed->cause == transport::close_cause::closed_by_peer);
        return peer->closed->code;
    }
};

std::uint64_t wire(proto::close_code code) {
    return static_cast<std::uint64_t>(code);
}

}  // namespace

TEST_CASE_METHOD(
    service_fixture,
    "service: two hosts show each other what they say",
    "[peers][service]"
) {
    const auto a = start(1);
    const auto b = start(2);
    b->contribute(7);
    REQUIRE(meet(*a, *b));
    const auto view = *a->service.find(b->endpoint.id());
    CHECK(view.entry.digest->name == "host-2");
    CHECK(view.entry.digest->version == "1.0");
    CHECK(view.entry.digest->roles == std::vector<std::string>{"compute"});
    CHECK(a->contribution(*b) == 7);
    REQUIRE(view.uptime);
    CHECK(*view.uptime < 60s);
    CHECK(view.is_dialled);
    REQUIRE(view.path);
    CHECK(view.path->remote == b->endpoint.bound().front());
    CHECK(a->service.snapshot().size() == 1);
    CHECK_FALSE(a->observer.changes.empty());
    CHECK(a->observer.self_changes > 0);
}

TEST_CASE_METHOD(
    service_fixture,
    "service: a change reaches the other, the last one surely",
    "[peers][service]"
) {
    const auto a = start(1);
    const auto b = start(2);
    REQUIRE(meet(*a, *b));
    for (std::int64_t i = 0; i < 1000; ++i)
        a->contribute(i);
    CHECK(run_until([&] { return b->contribution(*a) == 999; }));
}

TEST_CASE_METHOD(
    service_fixture,
    "service: a killed host is dead with words, and back after a start",
    "[peers][service]"
) {
    const auto a = start(1);
    auto b = start(2);
    b->contribute(7);
    REQUIRE(meet(*a, *b));
    const auto id = b->endpoint.id();
    b->endpoint.vanish();
    b.reset();
    network.expire(transport::close_cause::idle_timeout);
    REQUIRE(run_until([&] { return a->sees(id) == "dead"; }));
    const auto& told = a->observer.changes;
    const bool is_told = std::any_of(told.begin(), told.end(), [](const peer_view& view) {
        return view.evidence == "idle for 30 s";
    });
    CHECK(is_told);
    CHECK(a->service.find(id)->entry.digest->name == "host-2");
    CHECK_FALSE(a->service.find(id)->path);
    CHECK_FALSE(a->service.find(id)->uptime);
    b = start(2, 2000);
    REQUIRE(run_until([&] { return a->sees(*b) == "alive" && b->sees(*a) == "alive"; }));
    CHECK(a->service.find(id)->evidence == "restarted");
}

TEST_CASE_METHOD(
    service_fixture,
    "service: the host that was dialled redials too",
    "[peers][service]"
) {
    auto a = start(1);
    const auto b = start(2);
    REQUIRE(meet(*a, *b));
    a->endpoint.vanish();
    a.reset();
    network.expire(transport::close_cause::stateless_reset);
    a = start(1, 2000);
    REQUIRE(run_until([&] { return b->sees(*a) == "alive" && a->sees(*b) == "alive"; }));
    CHECK(b->service.find(a->endpoint.id())->is_dialled);
}

TEST_CASE_METHOD(
    service_fixture,
    "service: a restarted host's new connection replaces the old",
    "[peers][service]"
) {
    auto a = start(1);
    const auto b = start(2);
    REQUIRE(meet(*a, *b));
    a->endpoint.vanish();
    a.reset();
    a = start(1, 2000);
    REQUIRE(meet(*a, *b));
    REQUIRE(run_until([&] { return b->endpoint.measure().connections == 1; }));
    CHECK(b->service.measure().links == 1);
    CHECK(b->service.measure().faults == 0);
}

TEST_CASE_METHOD(
    service_fixture,
    "service: crossing dials end in one connection",
    "[peers][service]"
) {
    const auto a = start(1);
    const auto b = start(2);
    a->endpoint.hold_dials();
    b->endpoint.hold_dials();
    a->name(*b);
    b->name(*a);
    a->endpoint.answer_dials();
    b->endpoint.answer_dials();
    REQUIRE(run_until([&] {
        return a->sees(*b) == "alive" && b->sees(*a) == "alive" && a->endpoint.measure().closed == 1
               && b->endpoint.measure().closed == 1;
    }));
    CHECK(a->endpoint.measure().opened == 2);
    CHECK(a->endpoint.measure().connections == 1);
    CHECK(b->endpoint.measure().connections == 1);
    CHECK(a->service.find(b->endpoint.id())->is_dialled == (a->endpoint.id() < b->endpoint.id()));
}

TEST_CASE_METHOD(
    service_fixture,
    "service: a slow reader gets the latest, and holds up nobody",
    "[peers][service]"
) {
    const auto a = start(1);
    const auto b = start(2);
    const auto c = start(3);
    a->contribute(0);
    b->endpoint.set_window(100);  // less than a record
    REQUIRE(meet(*a, *b));
    REQUIRE(meet(*a, *c));
    b->endpoint.set_reading(false);
    for (std::int64_t i = 1; i <= 50; ++i) {
        a->contribute(i);
        REQUIRE(run_until([&] { return i > 5 || c->contribution(*a) == i; }));
    }
    CHECK(b->contribution(*a) == 0);
    b->endpoint.set_reading(true);
    CHECK(run_until([&] { return b->contribution(*a) == 50; }));
}

TEST_CASE_METHOD(service_fixture, "service: one that stops has left", "[peers][service]") {
    const auto a = start(1);
    const auto b = start(2);
    REQUIRE(meet(*a, *b));
    a->service.async_stop();
    a->service.async_stop();
    REQUIRE(run_until([&] { return a->observer.is_stopped; }));
    CHECK(b->sees(*a) == "left");
    CHECK(a->service.measure().links == 0);
    CHECK(a->endpoint.measure().connections == 0);
    REQUIRE(run_until([&] { return b->endpoint.measure().connections == 0; }));
    CHECK(b->sees(*a) == "left");
}

TEST_CASE_METHOD(service_fixture, "service: one without peers stops at once", "[peers][service]") {
    const auto a = start(1);
    a->service.async_stop();
    CHECK(a->observer.is_stopped);
}

TEST_CASE_METHOD(
    service_fixture,
    "service: a refused description changes nothing",
    "[peers][service]"
) {
    const auto a = start(1);
    const auto before = a->service.self();
    CHECK(
        a->service.set_contribution(test::sample_contribution("Bad Role", "k", true))
        == proto::errc::bad_contribution
    );
    CHECK(a->service.self() == before);
}

TEST_CASE_METHOD(
    service_fixture,
    "service: destroyed with connections, it is not called again",
    "[peers][service]"
) {
    const auto a = start(1);
    auto b = start(2);
    REQUIRE(meet(*a, *b));
    auto lonely = std::make_unique<peers_service>(
        shard,
        b->endpoint,
        test::service_host::options_for(b->endpoint, 1)
    );
    lonely.reset();
    b.reset();
    a->contribute(1);
    network.expire(transport::close_cause::idle_timeout);
    CHECK(run_until([&] { return a->service.measure().connected == 0; }));
}

TEST_CASE_METHOD(
    crafted_fixture,
    "service: garbage closes the connection with its code",
    "[peers][service]"
) {
    const auto stream = connection->open_bidi(peer);
    SECTION("a frame over its size") {
        stream->write(byte_buffer{1, 0xff, 0xff}, false);
        CHECK(code_of_close() == wire(proto::close_code::bad_frame));
    }
    SECTION("a record that is none") {
        stream->write(proto::make_record_frame(byte_buffer(200, 7)), false);
        CHECK(code_of_close() == wire(proto::close_code::bad_record));
    }
    SECTION("a record of somebody else") {
        auto digest = test::small_digest(5);
        digest.mesh = "lab";
        stream->write(
            proto::make_record_frame(proto::sign_digest(test::sample_key(5), digest).value()),
            false
        );
        CHECK(code_of_close() == wire(proto::close_code::foreign_record));
    }
    SECTION("noise") {
        prng random(4);
        byte_buffer noise(10'000);
        for (auto& byte : noise)
            byte = static_cast<std::uint8_t>(random.next());
        stream->write(noise, false);
        code_of_close();
    }
    CHECK(host->service.measure().faults == 1);
    CHECK(host->service.snapshot().empty());
}

TEST_CASE_METHOD(
    crafted_fixture,
    "service: one bidirectional stream a connection, to the end",
    "[peers][service]"
) {
    SECTION("an end of it") {
        const auto stream = connection->open_bidi(peer);
        stream->write(own_record(), true);
    }
    SECTION("a reset") {
        const auto stream = connection->open_bidi(peer);
        stream->write(own_record(), false);
        REQUIRE(run_until([&] { return host->sees(endpoint.id()) == "alive"; }));
        stream->reset(1);
    }
    SECTION("a second one") {
        connection->open_bidi(peer);
        connection->open_bidi(peer);
    }
    SECTION("a unidirectional one") {
        connection->open_uni(peer);
    }
    CHECK(code_of_close() == wire(proto::close_code::bad_stream));
}

TEST_CASE_METHOD(crafted_fixture, "service: bytes may come one at a time", "[peers][service]") {
    const auto stream = connection->open_bidi(peer);
    for (const std::uint8_t byte : own_record())
        stream->write(bytes_view(&byte, 1), false);
    REQUIRE(run_until([&] { return host->sees(endpoint.id()) == "alive"; }));
    CHECK(run_until([&] { return peer->received.size() > 100; }));
}

TEST_CASE_METHOD(
    crafted_fixture,
    "service: answers to one that does not read are merged, not queued",
    "[peers][service]"
) {
    endpoint.set_window(50);  // a part of the host's first record
    endpoint.set_reading(false);
    const auto stream = connection->open_bidi(peer);
    for (std::uint64_t sequence = 1; sequence <= 20; ++sequence) {
        stream->write(own_record(sequence), false);
        REQUIRE(run_until([&] {
            const auto view = host->service.find(endpoint.id());
            return view && view->entry.digest->sequence == sequence;
        }));
    }
    endpoint.set_window(10'000);
    endpoint.set_reading(true);
    const byte_buffer last = proto::make_heard_frame({1, 20});
    REQUIRE(run_until([&] {
        return peer->received.size() > last.size()
               && std::equal(last.rbegin(), last.rend(), peer->received.rbegin());
    }));
    proto::frame_assembler frames;
    frames.feed(peer->received);
    std::size_t answers = 0;
    while (const auto frame = frames.poll())
        answers += frame->type == 2 ? 1 : 0;
    CHECK(answers == 1);
}

TEST_CASE_METHOD(
    crafted_fixture,
    "service: a dial to a protocol nobody serves says so",
    "[peers][service]"
) {
    test::fake_endpoint other(network, test::sample_key(8), ip_endpoint::loopback_v4(8));
    REQUIRE(host->service.name_peer(other.address()));
    REQUIRE(run_until([&] { return host->sees(other.id()) == "dead"; }));
    CHECK(host->service.find(other.id())->evidence == "does not speak mesh/digest/1");
    CHECK(run_until([&] { return host->service.find(other.id())->next_dial.has_value(); }));
}

TEST_CASE_METHOD(
    service_fixture,
    "service: two hundred restarts leave nothing behind",
    "[peers][service]"
) {
    const auto a = start(1);
    for (std::uint64_t life = 1; life <= 200; ++life) {
        const auto b = start(2, life);
        REQUIRE(run_until([&] { return b->service.measure().links == 0; }));
        if (life % 2 == 0)
            b->name(*a);
        else
            a->name(*b);
        REQUIRE(run_until([&] { return a->sees(*b) == "alive"; }));
        if (life % 3 == 0) {
            b->service.async_stop();
            REQUIRE(run_until([&] { return b->observer.is_stopped; }));
        }
        b->endpoint.vanish();
        network.expire(transport::close_cause::stateless_reset);
    }
    REQUIRE(run_until([&] { return a->endpoint.measure().connections <= 1; }));
    const probe figures = a->service.measure();
    CHECK(figures.peers == 1);
    CHECK(figures.dial_targets == 1);
    CHECK(figures.links <= 1);
    CHECK(figures.links_opened - figures.links_closed == figures.links);
}
