// SPDX-License-Identifier: Apache-2.0
// The parts of a relay's machine, each by itself.
#include "identity/secret_key.hpp"
#include "relay/proto/access_policy.hpp"
#include "relay/proto/admission.hpp"
#include "relay/proto/byte_budget.hpp"
#include "relay/proto/frame_queue.hpp"
#include "relay/proto/relay_seats.hpp"
#include "relay/proto/relay_upgrade.hpp"
#include "support/catch.hpp"

using namespace meshhost;
using namespace meshhost::relay::proto;

namespace {

void add(frame_queue& queue, std::string_view text) {
    REQUIRE(queue.make_room(text.size()));
    queue.open().insert(queue.open().end(), text.begin(), text.end());
    queue.close(static_cast<std::uint32_t>(text.size()));
}

std::string text_of(const frame_queue& queue) {
    return std::string(as_text(queue.waiting()));
}

peer_bytes peer(std::uint8_t number) {
    return {number};
}

const std::vector<std::pair<std::string, std::string>> good_headers{
    {"host", "relay"},
    {"upgrade", "websocket"},
    {"connection", "Upgrade"},
    {"sec-websocket-version", "13"},
    {"sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="},
    {"sec-websocket-protocol", "iroh-relay-v2, iroh-relay-v1"}};

}  // namespace

TEST_CASE("relay queue: the oldest give way to the newest", "[relay][queue]") {
    frame_queue queue(3, 100);
    for (const auto* text : {"one", "two", "three", "four"})
        add(queue, text);
    CHECK(text_of(queue) == "twothreefour");
    CHECK(queue.take_dropped().frames == 1);
    queue.take(3);
    CHECK(queue.take_written().weight == 3);
    CHECK(text_of(queue) == "threefour");
    CHECK(!queue.make_room(101));
}

TEST_CASE("relay queue: what is begun is finished", "[relay][queue]") {
    frame_queue queue(8, 12);
    add(queue, "first");
    add(queue, "second");
    queue.take(2);
    CHECK(queue.is_in_frame());
    add(queue, "third");  // pushes "second" out, not the rest of "first"
    CHECK(text_of(queue) == "rstthird");
    CHECK(queue.take_dropped().frames == 1);
    CHECK(as_text(queue.rest_of_first()) == "rst");
    queue.drop_unbegun();
    CHECK(text_of(queue) == "rst");
    queue.take(3);
    CHECK(queue.empty());
    queue.trim();
    CHECK(queue.capacity() == 0);
}

TEST_CASE("relay budget: what was read is read, and is paid for by waiting", "[relay][budget]") {
    byte_budget budget(1000, 100);
    const time_point start{1h};
    CHECK(budget.spend(100, start) == start);
    CHECK(budget.spend(1000, start) > start + 999ms);
    CHECK(budget.spend(1, start + 2s) == start + 2s);
    byte_budget none(0, 0);
    CHECK(none.spend(1u << 30, start) == start);
}

TEST_CASE("relay seats: the newest wins, and what was before comes back", "[relay][seats]") {
    relay_seats seats(7);
    CHECK(!seats.take(peer(1), client_number(1)).superseded);
    CHECK(seats.take(peer(1), client_number(2)).superseded == client_number(1));
    CHECK(seats.active(peer(1)) == client_number(2));
    CHECK(seats.inactive() == 1);
    CHECK(!seats.leave(peer(1), client_number(9)).promoted);
    CHECK(seats.leave(peer(1), client_number(2)).promoted == client_number(1));
    seats.note_contact(peer(1), peer(5));
    const auto last = seats.leave(peer(1), client_number(1));
    CHECK(last.contacts == std::vector{peer(5)});
    CHECK(!seats.active(peer(1)));
    CHECK(seats.size() == 0);
}

TEST_CASE("relay seats: one id has a few, and remembers a bounded number", "[relay][seats]") {
    relay_seats seats(7);
    for (std::uint64_t i = 0; i < relay_seats::same_id_max; ++i)
        CHECK(!seats.take(peer(1), client_number(i)).evicted);
    CHECK(seats.take(peer(1), client_number(100)).evicted == client_number(0));
    CHECK(seats.inactive() == relay_seats::same_id_max - 1);
    for (std::size_t i = 0; i < relay_seats::contacts_max + 10; ++i) {
        peer_bytes each{};
        each[0] = static_cast<std::uint8_t>(i);
        each[1] = static_cast<std::uint8_t>(i >> 8);
        seats.note_contact(peer(1), each);
    }
    for (std::uint64_t i = 1; i < relay_seats::same_id_max; ++i)
        seats.leave(peer(1), client_number(i));
    CHECK(seats.leave(peer(1), client_number(100)).contacts.size() == relay_seats::contacts_max);
}

TEST_CASE(
    "relay access: everyone, those named, all but those, and who knows a word",
    "[relay][access]"
) {
    const auto one = identity::secret_key::from_seed(std::array<std::uint8_t, 32>{1}).id();
    const auto two = identity::secret_key::from_seed(std::array<std::uint8_t, 32>{2}).id();
    CHECK(access_policy().allows(one, false));
    const access_policy allow(access_mode::allow_list, {one}, {});
    CHECK(allow.allows(one, false));
    CHECK(!allow.allows(two, true));
    const access_policy deny(access_mode::deny_list, {one}, {});
    CHECK(!deny.allows(one, false));
    CHECK(deny.allows(two, false));
    const access_policy word(access_mode::token, {}, {"a", "b"});
    CHECK(word.knows("b"));
    CHECK(!word.knows("c"));
    CHECK(!word.knows(""));
    CHECK(word.allows(one, true));
    CHECK(!word.allows(one, false));
}

TEST_CASE(
    "relay admission: so many, of one network, not known yet, and a second",
    "[relay][admission]"
) {
    const time_point now{1h};
    const auto from = [](std::uint8_t last) { return ip_endpoint::v4({10, 0, 0, last}, 1); };
    admission door({.connections = 4, .per_address = 2, .half_open = 3});
    CHECK(door.admit(from(1), now) == admission_verdict::welcome);
    CHECK(door.admit(from(1), now) == admission_verdict::welcome);
    CHECK(door.admit(from(1), now) == admission_verdict::address_full);
    CHECK(door.admit(from(2), now) == admission_verdict::welcome);
    CHECK(door.admit(from(3), now) == admission_verdict::half_open_full);
    door.settle();
    CHECK(door.admit(from(3), now) == admission_verdict::welcome);
    door.settle();
    CHECK(door.admit(from(4), now) == admission_verdict::full);
    door.release(from(1), true);
    door.release(from(1), false);
    CHECK(door.networks() == 2);
    CHECK(door.connections() == 2);

    // The same IPv4 address however it is written; a /64 is one network.
    const std::array<std::uint8_t, 16> mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 10, 0, 0, 2};
    admission one({.connections = 9, .per_address = 1, .half_open = 9});
    CHECK(one.admit(from(2), now) == admission_verdict::welcome);
    CHECK(one.admit(ip_endpoint::v6(mapped, 1), now) == admission_verdict::address_full);
    CHECK(
        one.admit(ip_endpoint::v6({0x20, 1, 0, 0, 0, 0, 0, 1, 1}, 1), now)
        == admission_verdict::welcome
    );
    CHECK(
        one.admit(ip_endpoint::v6({0x20, 1, 0, 0, 0, 0, 0, 1, 2}, 1), now)
        == admission_verdict::address_full
    );

    admission slow({.accepts_per_second = 1, .accepts_burst = 1});
    CHECK(slow.admit(from(1), now) == admission_verdict::welcome);
    CHECK(slow.admit(from(2), now) == admission_verdict::too_fast);
    CHECK(slow.admit(from(2), now + 1s) == admission_verdict::welcome);
}

TEST_CASE("relay upgrade: what iroh's relay takes, and what it does not", "[relay][upgrade]") {
    const auto verdict = judge_upgrade(good_headers);
    CHECK(verdict.status == 101);
    CHECK(verdict.version == relay_version::v2);
    CHECK(verdict.websocket_key == "dGhlIHNhbXBsZSBub25jZQ==");
    const auto without = [](std::string_view name, std::string value) {
        auto headers = good_headers;
        for (auto& [each, text] : headers)
            if (each == name) text = value;
        return judge_upgrade(headers);
    };
    CHECK(without("upgrade", "WebSocket").status == 400);
    CHECK(without("sec-websocket-key", "").status == 400);
    CHECK(without("sec-websocket-version", "12").names_version);
    CHECK(without("sec-websocket-protocol", "chat").status == 400);
    CHECK(without("sec-websocket-protocol", "x,iroh-relay-v1").version == relay_version::v1);
    CHECK(choose_version("iroh-relay-v1, iroh-relay-v2") == relay_version::v2);
    CHECK(!choose_version(" , ,"));
}

TEST_CASE("relay upgrade: tokens and portals", "[relay][upgrade]") {
    const std::vector<std::pair<std::string, std::string>> bearer{
        {"authorization", "bEARER  x y "}};
    CHECK(presented_token(bearer, "q") == "x y");
    const std::vector<std::pair<std::string, std::string>> basic{{"authorization", "Basic abc"}};
    CHECK(presented_token(basic, "q") == "q");
    CHECK(answer_portal_check("ab.C-_9") == "response ab.C-_9");
    CHECK(!answer_portal_check(""));
    CHECK(!answer_portal_check(std::string(64, 'a')));
    CHECK(!answer_portal_check("a b"));
}
