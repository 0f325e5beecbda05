// SPDX-License-Identifier: Apache-2.0
#include "machines.hpp"
#include "relay/proto/relay_handshake.hpp"

using namespace meshhost;
using namespace meshhost::relay::proto;
using test::hex_id;
using test::numbered_key;

namespace {

struct client_bench {
    explicit client_bench(client_config config = {})
        : machine(key, config, prng(3)) {
        machine.start(now);
        settle();
    }

    void settle() {
        while (auto output = machine.poll_output()) {
            if (const auto* each = std::get_if<connect_output>(&*output)) attempt = each->attempt;
            if (std::holds_alternative<disconnect_output>(*output)) ++disconnects;
            if (const auto* each = std::get_if<status_output>(&*output)) statuses.push_back(*each);
            if (const auto* each = std::get_if<datagrams_output>(&*output)) {
                texts.emplace_back(as_text(each->data));
                segments.push_back(each->segment_size);
            }
            if (std::holds_alternative<gone_output>(*output)) ++gone;
            if (std::holds_alternative<writable_output>(*output)) ++writable;
            if (const auto* each = std::get_if<notice_output>(&*output))
                notices.push_back(each->text);
        }
        machine.check_invariants();
    }
    void hear(bytes_view message) {
        auto bytes = test::framed(message, wire::websocket_end::client);
        machine.received(bytes, now);
        settle();
    }
    void hear_hex(std::string_view text) {
        const auto bytes = from_hex(text);
        REQUIRE(bytes);
        hear(*bytes);
    }
    std::vector<std::string> said() {
        byte_buffer all;
        while (!machine.outgoing().empty()) {
            const auto out = machine.outgoing();
            all.insert(all.end(), out.begin(), out.end());
            machine.taken(out.size());
        }
        settle();
        return test::unframed(std::move(all), wire::websocket_end::server);
    }
    void come_up(relay_version version = relay_version::v2) {
        machine.connected(attempt, version, now);
        hear(encode_confirmation());
        REQUIRE(machine.status() == relay_status::up);
        const auto first = said();
        REQUIRE(!first.empty());
        REQUIRE(first.front().starts_with("09"));
        hear_hex("0a" + first.front().substr(2));
    }
    void wait(duration span) {
        const time_point until = now + span;
        while (machine.next_deadline() && *machine.next_deadline() <= until) {
            now = std::max(now, *machine.next_deadline());
            machine.handle_deadline(now);
            settle();
        }
        now = until;
    }
    bool send(std::string_view text, std::size_t segment = 65'000) {
        const bool out = machine.send(numbered_key(9).id(), 1, as_bytes(text), segment, now);
        settle();
        return out;
    }

    identity::secret_key key = numbered_key(1);
    time_point now{1h};
    relay_client_state machine;
    std::uint64_t attempt = 0;
    int disconnects = 0;
    int gone = 0;
    int writable = 0;
    std::vector<status_output> statuses;
    std::vector<std::string> texts;
    std::vector<std::size_t> segments;
    std::vector<std::string> notices;
};

}  // namespace

TEST_CASE("relay client state: a challenge is answered, and then it is up", "[relay][client]") {
    client_bench bench;
    CHECK(bench.attempt == 1);
    bench.machine.connected(1, relay_version::v2, bench.now);
    challenge asked{};
    asked.fill(5);
    bench.hear(encode_challenge(asked));
    const auto answer = bench.said();
    REQUIRE(answer.size() == 1);
    auto bytes = from_hex(answer[0]);
    CHECK(check_client_auth(*bytes, asked).value() == bench.key.id());
    bench.hear(encode_confirmation());
    CHECK(bench.machine.status() == relay_status::up);
    CHECK(bench.statuses.back().status == relay_status::up);
}

TEST_CASE(
    "relay client state: what waits goes out when it is up, unless it is stale",
    "[relay][client]"
) {
    client_bench bench;
    bench.send("old");
    bench.wait(2s);
    bench.send("new");
    bench.wait(2s);
    CHECK(bench.machine.stats().dropped_stale == 1);
    bench.machine.connected(bench.attempt, relay_version::v2, bench.now);
    bench.hear(encode_confirmation());
    const auto said = bench.said();
    REQUIRE(said.size() == 2);  // and a ping
    CHECK(said[1] == "04" + hex_id(9) + "01" + to_hex(as_bytes("new")));
}

TEST_CASE("relay client state: datagrams, whole and in trains", "[relay][client]") {
    client_bench bench;
    bench.come_up();
    bench.hear_hex("06" + hex_id(2) + "03" + "6162");
    bench.hear_hex("07" + hex_id(2) + "03" + "0001" + "6162");
    bench.hear_hex("07" + hex_id(2) + "03" + "0000" + "6162");
    CHECK(bench.texts == std::vector<std::string>{"ab", "ab", "ab"});
    CHECK(bench.segments == std::vector<std::size_t>{2, 1, 2});
    bench.hear_hex("08" + hex_id(2));
    CHECK(bench.gone == 1);
    const std::string train(200'000, 'x');
    bench.send(train, 1'000);
    const auto said = bench.said();
    CHECK(said.size() == 4);  // 65 segments a frame
    for (const auto& each : said)
        CHECK(each.starts_with("05"));
    bench.send(std::string(70'000, 'x'), 70'000);
    bench.send("");
    CHECK(bench.machine.stats().dropped_size == 2);
}

TEST_CASE(
    "relay client state: failures are followed by attempts, later and later",
    "[relay][client]"
) {
    client_bench bench;
    std::vector<duration> waits;
    for (int i = 0; i < 20; ++i) {
        const auto before = bench.attempt;
        bench.machine.failed(bench.attempt, down_reason::unreachable, bench.now);
        bench.settle();
        CHECK(bench.machine.status() == relay_status::down);
        const auto due = bench.machine.next_deadline();
        REQUIRE(due);
        waits.push_back(*due - bench.now);
        bench.wait(waits.back());
        CHECK(bench.attempt == before + 1);
    }
    CHECK(waits.front() <= 20ms);
    for (const auto each : waits)
        CHECK(each <= 16s);
    CHECK(waits.back() >= 4s);
    CHECK(bench.machine.stats().failures == 20);
    bench.come_up();
    bench.wait(14s);  // stable
    bench.machine.failed(bench.attempt, down_reason::closed, bench.now);
    bench.settle();
    CHECK(*bench.machine.next_deadline() - bench.now <= 20ms);
}

TEST_CASE("relay client state: nobody answers", "[relay][client]") {
    client_bench bench;
    bench.wait(11s);
    CHECK(bench.machine.stats().failures == 1);
    CHECK(bench.machine.reason() == down_reason::timed_out);
    const auto old = bench.attempt;
    bench.wait(5s);
    REQUIRE(bench.attempt > 1);
    bench.machine.connected(old - 1, relay_version::v2, bench.now);  // too late: it is over
    bench.settle();
    CHECK(bench.machine.status() != relay_status::up);
}

TEST_CASE("relay client state: a relay that falls silent", "[relay][client]") {
    client_bench bench;
    bench.come_up();
    bench.wait(15s);
    const auto asked = bench.said();
    REQUIRE(asked.size() == 1);
    bench.hear_hex("0a" + asked[0].substr(2));
    CHECK(bench.machine.latency() == 0s);
    bench.wait(16s);
    bench.wait(5s);
    CHECK(bench.machine.reason() == down_reason::silent);
}

TEST_CASE("relay client state: nothing comes back after something was sent", "[relay][client]") {
    client_bench bench;
    bench.come_up();
    bench.wait(5s);
    bench.send("hi");
    bench.said();
    bench.wait(1'900ms);
    bench.send("hi again");  // does not put it off
    CHECK(bench.said().size() == 1);
    bench.wait(101ms);
    const auto asked = bench.said();
    REQUIRE(asked.size() == 1);
    bench.hear_hex("0a" + asked[0].substr(2));
    CHECK(bench.machine.status() == relay_status::up);
    bench.wait(14s);  // nothing was sent since: nothing is asked
    CHECK(bench.said().empty());
    bench.send("hi");
    bench.wait(4s);
    CHECK(bench.machine.reason() == down_reason::silent);
}

TEST_CASE("relay client state: a change of the network is found out at once", "[relay][client]") {
    client_bench bench;
    bench.come_up();
    bench.wait(1s);
    bench.machine.network_changed(bench.now);
    bench.settle();
    CHECK(bench.said().size() == 1);
    bench.wait(501ms);
    CHECK(bench.machine.reason() == down_reason::silent);
    const auto before = bench.attempt;
    bench.machine.failed(bench.attempt, down_reason::unreachable, bench.now);
    bench.machine.network_changed(bench.now);
    bench.settle();
    CHECK(bench.attempt > before);
}

TEST_CASE(
    "relay client state: pings are answered, statuses noted, the rest is a violation",
    "[relay][client]"
) {
    client_bench bench;
    bench.come_up();
    bench.hear_hex("090102030405060708");
    CHECK(bench.said() == std::vector<std::string>{"0a0102030405060708"});
    bench.hear_hex("0d01");
    CHECK(bench.machine.is_superseded());
    bench.hear_hex("0d00");
    CHECK(!bench.machine.is_superseded());
    bench.hear_hex("0d02");
    bench.hear_hex("0d77");
    CHECK(bench.machine.stats().rate_limited == 1);
    bench.hear_hex("0b41");  // v1's
    CHECK(bench.machine.reason() == down_reason::violation);
}

TEST_CASE("relay client state: refused", "[relay][client]") {
    client_bench bench;
    bench.machine.connected(1, relay_version::v1, bench.now);
    bench.hear(encode_refusal("not authorized"));
    CHECK(bench.machine.reason() == down_reason::denied);
    CHECK(bench.notices == std::vector<std::string>{"not authorized"});
    CHECK(bench.disconnects == 1);
}

TEST_CASE(
    "relay client state: a relay that restarts is left alone for a moment",
    "[relay][client]"
) {
    client_bench bench;
    bench.come_up();
    bench.wait(12s);
    bench.hear_hex("0c000007d000000014");
    bench.machine.failed(bench.attempt, down_reason::closed, bench.now);
    bench.settle();
    CHECK(*bench.machine.next_deadline() - bench.now >= 2s);
}

TEST_CASE(
    "relay client state: a relay that takes nothing costs a bounded queue",
    "[relay][client]"
) {
    client_bench bench;
    bench.come_up();
    const std::string packet(1'200, 'x');
    bool has_room = true;
    for (int i = 0; i < 2'000; ++i)
        has_room = bench.send(packet) && has_room;
    CHECK(!has_room);
    CHECK(bench.machine.stats().dropped_full > 1'000);
    CHECK(bench.machine.outgoing().size() <= 256u << 10);
    bench.said();
    CHECK(bench.writable == 1);
}

TEST_CASE("relay client state: stopped", "[relay][client]") {
    client_bench bench;
    bench.come_up();
    bench.machine.stop();
    bench.settle();
    CHECK(bench.machine.status() == relay_status::stopped);
    CHECK(!bench.machine.next_deadline());
    bench.send("x");
    CHECK(bench.machine.outgoing().empty());
    bench.hear_hex("06" + hex_id(2) + "03" + "6162");
    CHECK(bench.texts.empty());
}
