// SPDX-License-Identifier: Apache-2.0
// Requests have one answer, whatever happens to them.
#include "message_fixture.hpp"

using namespace meshhost;
using namespace meshhost::test;
using message::status;

TEST_CASE("message: a request has its answer", "[message]") {
    message_fixture test;
    test.ask("one");
    CHECK(test.replies.numbers.empty());  // never from inside
    REQUIRE(test.answered());
    CHECK(test.replies.has(status::ok));
    CHECK(test.replies.last_body == "to one");
    CHECK(test.port.from == test.here.id());
    test.ask("two");
    REQUIRE(test.answered(2));
    CHECK(test.replies.numbers == std::vector<std::uint64_t>{1, 2});
    CHECK(test.mine->measure().lines == 1);  // the same connection
    CHECK(test.mine->measure().sent == 0);
    CHECK(test.wait([&] { return test.other.measure().streams == 0; }));
    CHECK(test.port.gone == 0);
}

TEST_CASE("message: a message is sent without an answer", "[message]") {
    message_fixture test;
    test.mine->notify(test.there.id(), "jobs", {'h', 'i'});
    REQUIRE(test.wait([&] { return test.port.heard.size() == 1; }));
    CHECK(test.port.heard.front() == "hi");
    CHECK(test.wait([&] { return test.mine->measure().sent == 0; }));
    CHECK(test.wait([&] { return test.other.measure().streams == 0; }));
}

TEST_CASE("message: a host asks itself without a network", "[message]") {
    message_fixture test;
    test.other.request(test.there.id(), "jobs", {'m', 'e'}, 30s, test.replies, 5);
    REQUIRE(test.answered());
    CHECK(test.replies.last_body == "to me");
    test.other.request(test.there.id(), "nobody", {}, 30s, test.replies, 6);
    REQUIRE(test.answered(2));
    CHECK(test.replies.has(status::not_found));
    test.port.is_silent = true;
    const auto waiting = test.other.request(test.there.id(), "jobs", {}, 1ms, test.replies, 7);
    REQUIRE(test.answered(3));
    CHECK(test.replies.has(status::timeout));
    CHECK(test.port.gone == 1);
    test.port.kept.front()->answer(0, {});  // too late
    test.other.notify(test.there.id(), "jobs", {'n'});
    CHECK(test.port.heard.back() == "n");
    CHECK(test.replies.numbers == std::vector<std::uint64_t>{5, 6, 7});
    CHECK(test.other.measure().sent == 0);
    CHECK(test.other.owned().empty());
}

TEST_CASE("message: a port that nobody serves", "[message]") {
    message_fixture test;
    test.ask("x", "nobody");
    REQUIRE(test.answered());
    CHECK(test.replies.has(status::not_found));
    CHECK(test.replies.last_body == "no role serves that port");
}

TEST_CASE("message: a port that is busy", "[message]") {
    message_fixture test;
    test.port.is_busy = true;
    test.ask("x");
    REQUIRE(test.answered());
    CHECK(test.replies.has(status::again));
}

TEST_CASE("message: several roles behind a port take turns", "[message]") {
    message_fixture test;
    scripted_port second;
    test.other.open("jobs", second);
    for (unsigned i = 0; i < 4; ++i)
        test.ask("x");
    REQUIRE(test.answered(4));
    CHECK(test.port.heard.size() == 2);
    CHECK(second.heard.size() == 2);
    test.port.is_busy = true;
    test.ask("x");
    REQUIRE(test.answered(5));
    CHECK(second.heard.size() == 3);
    test.other.close("jobs", second);
}

TEST_CASE("message: an answer that does not come in time", "[message]") {
    message_fixture test;
    test.port.is_silent = true;
    test.ask("x", "jobs", 20ms);
    REQUIRE(test.answered());
    CHECK(test.replies.has(status::timeout));
    REQUIRE(test.wait([&] { return test.port.gone == 1; }));  // and the role learns of it
    for (const auto& kept : test.port.kept)
        kept->answer(0, as_bytes("late"));
    CHECK(test.wait([&] { return test.other.measure().streams == 0; }));
    CHECK(test.replies.numbers.size() == 1);
}

TEST_CASE("message: a request is given up", "[message]") {
    message_fixture test;
    test.port.is_silent = true;
    const auto asked = test.ask("x");
    REQUIRE(test.wait([&] { return test.port.kept.size() == 1; }));
    asked->fail(status::closed, "cancelled");
    CHECK(test.replies.has(status::closed));
    CHECK(test.wait([&] { return test.port.gone == 1; }));
    const auto unsent = test.ask("y");
    unsent->abandon();
    CHECK(test.wait([&] { return test.mine->measure().sent == 0; }));
    CHECK(test.replies.numbers.size() == 1);
}

TEST_CASE("message: a host that cannot be reached", "[message]") {
    message_fixture test;
    test.knows_address = false;
    test.ask("x");
    REQUIRE(test.answered());
    CHECK(test.replies.has(status::io));
    CHECK(test.mine->measure().lines == 0);
}

TEST_CASE("message: a host that is lost while it is asked", "[message]") {
    message_fixture test;
    test.port.is_silent = true;
    test.ask("x");
    test.ask("y");
    REQUIRE(test.wait([&] { return test.port.kept.size() == 2; }));
    test.there.vanish();
    test.network.expire(transport::close_cause::unresponsive);
    REQUIRE(test.answered(2));
    CHECK(test.replies.has(status::io));
    CHECK(test.replies.numbers.size() == 2);
}

TEST_CASE("message: an asker that is lost is not answered", "[message]") {
    message_fixture test;
    test.port.is_silent = true;
    test.ask("x");
    REQUIRE(test.wait([&] { return test.port.kept.size() == 1; }));
    test.mine.reset();
    REQUIRE(test.wait([&] { return test.port.gone == 1; }));
    test.port.kept.front()->answer(0, {});
    CHECK(test.wait([&] { return test.other.measure().sessions == 0; }));
    CHECK(test.replies.numbers.empty());
}

TEST_CASE("message: the host that is asked goes", "[message]") {
    message_fixture test;
    std::optional<message::message_exchange> third;
    fake_endpoint gone(test.network, key_of(3), ip_endpoint::loopback_v4(3));
    third.emplace(test.shard, gone, test.members(), test.finder(), test.options({}));
    third->open("jobs", test.port);
    test.port.is_silent = true;
    test.mine->request(gone.id(), "jobs", {}, 30s, test.replies, 1);
    REQUIRE(test.wait([&] { return test.port.kept.size() == 1; }));
    third.reset();
    CHECK(test.port.gone == 1);
    REQUIRE(test.answered());
    CHECK(test.replies.has(status::io));
}

TEST_CASE("message: who is no member is not heard", "[message]") {
    message_fixture test;
    test.is_member = false;
    test.ask("x");
    REQUIRE(test.answered());
    CHECK(test.replies.has(status::denied));
    CHECK(test.port.heard.empty());
}

TEST_CASE("message: who lacks the mesh's secret is not heard", "[message]") {
    message_fixture test;
    fake_endpoint guarded(test.network, key_of(3), ip_endpoint::loopback_v4(3));
    message::message_exchange
        strict(test.shard, guarded, test.members(), test.finder(), test.options({'s', 'e', 'c'}));
    strict.open("jobs", test.port);
    test.mine->request(guarded.id(), "jobs", {}, 30s, test.replies, 1);
    REQUIRE(test.answered());
    CHECK(test.replies.has(status::denied));
    test.mine.emplace(
        test.shard,
        test.here,
        test.members(),
        test.finder(),
        test.options({'s', 'e', 'c'})
    );
    test.mine->request(guarded.id(), "jobs", {}, 30s, test.replies, 2);
    REQUIRE(test.answered(2));
    CHECK(test.replies.has(status::ok));
    strict.close("jobs", test.port);
}

TEST_CASE("message: more requests than one host takes at a time", "[message]") {
    message_fixture test;
    test.port.is_silent = true;
    const message::exchange_limits limits;
    for (std::size_t i = 0; i <= limits.line_sent_max; ++i)
        test.ask("x");
    REQUIRE(test.answered());  // the one too many
    CHECK(test.replies.has(status::again));
    CHECK(test.replies.numbers.front() == limits.line_sent_max + 1);
    REQUIRE(test.wait([&] { return test.port.kept.size() == limits.line_streams_max; }));
    test.port.is_silent = false;
    for (const auto& kept : test.port.kept)
        kept->answer(0, {});
    REQUIRE(test.answered(limits.line_sent_max + 1));  // the others had waited for streams
    CHECK(test.replies.has(status::ok));
}

TEST_CASE("message: a large body goes both ways", "[message]") {
    message_fixture test;
    test.there.set_window(1000);
    test.here.set_window(1000);
    const std::string body(message::body_max - 3, 'b');
    test.ask(body);
    REQUIRE(test.answered());
    CHECK(test.replies.last_body == "to " + body);
}
