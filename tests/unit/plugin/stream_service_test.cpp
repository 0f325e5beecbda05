// SPDX-License-Identifier: Apache-2.0
// The host's side of mesh.stream/1 against an instance that cheats and peers that flood, over real
// endpoints on loopback.
#include "../transport/echo_peers.hpp"
#include "plugin/proto/stream_codes.hpp"
#include "plugin/services/stream_service.hpp"

#include <algorithm>
#include <optional>
#include <variant>
#include <vector>

using namespace meshhost;
using namespace meshhost::test;
using namespace meshhost::plugin;
namespace proto = meshhost::plugin::proto;
namespace up = meshhost::plugin::proto::up;
namespace down = meshhost::plugin::proto::down;
namespace stream_code = meshhost::plugin::proto::stream_code;

namespace {

constexpr const char* test_alpn = "test/1";

/// The service of one instance, which is the test itself.
struct service_fixture : downlink {
    void send(proto::down_message message) override { said.push_back(std::move(message)); }

    virtual ~service_fixture() = default;
    service_fixture() {
        own = transport::endpoint::bind(shard, echo_pair::default_options()).value();
        other = transport::endpoint::bind(shard, echo_pair::default_options()).value();
        mesh.endpoint = own.get();
        service.emplace(shard, mesh, *this, granted);
        service->take(up::listen_wanted{1, test_alpn, 64, 100, 64 << 10});
    }

    /// The first that was said since `from`, once it is.
    template <class Message>
    Message await(std::size_t from = 0) {
        std::optional<Message> found;
        REQUIRE(run_until(shard, [&] {
            for (std::size_t i = from; i < said.size() && !found; ++i)
                if (const auto* const each = std::get_if<Message>(&said[i])) found = *each;
            return found.has_value();
        }));
        return *found;
    }
    template <class Message>
    std::size_t count() const {
        return static_cast<std::size_t>(std::count_if(
            said.begin(),
            said.end(),
            [](const auto& each) { return std::holds_alternative<Message>(each); }
        ));
    }
    /// A connection of the other's that the instance has accepted.
    proto::link_number let_in() {
        const std::size_t from = said.size();
        connections.push_back(other->connect(own->address(), test_alpn, client));
        const auto offered = await<down::connection_offered>(from);
        service->take(up::connection_accepted{offered.connection});
        return offered.connection;
    }
    /// A stream of the other's with bytes on it.
    proto::link_number let_in_stream(std::size_t bytes = 1000) {
        client->to_send = pattern(bytes);
        let_in();
        const auto offered = await<down::stream_offered>();
        await<down::stream_arrived>();
        return offered.stream;
    }
    void expect_break(proto::link_number stream, std::uint64_t code) {
        const auto ended = await<down::stream_ended>();
        CHECK(ended.stream == stream);
        CHECK(ended.is_broken);
        CHECK(ended.code == code);
        CHECK(run_until(shard, [&] { return service->streams() == 0; }));
        CHECK(service->unread() == 0);
        CHECK(service->unsent() == 0);
    }

    net::shard shard;
    std::unique_ptr<transport::endpoint> own;
    std::unique_ptr<transport::endpoint> other;
    mesh_services mesh;
    proto::grants granted{{"alpn:test/#"}};
    std::vector<proto::down_message> said;
    std::shared_ptr<echo_client> client = std::make_shared<echo_client>();
    std::vector<std::shared_ptr<transport::connection>> connections;
    std::optional<stream_service> service;
};

}  // namespace

TEST_CASE_METHOD(
    service_fixture,
    "stream service: the host's numbers are not the instance's to take",
    "[plugin][streams]"
) {
    const auto incoming = proto::host_number + 1;  // what the next that comes in will have
    service->take(up::dial_wanted{incoming, other->id(), test_alpn});
    CHECK(service->connections() == 0);
    service->take(up::listen_wanted{incoming, "test/2", 64, 100, 64 << 10});
    CHECK(await<down::listen_failed>().code == stream_code::misused);
    const auto connection = let_in();
    const std::size_t before = service->streams();
    service->take(up::stream_wanted{proto::host_number + 99, connection, true});
    CHECK(service->streams() == before);
    CHECK(service->connections() == 1);
}

TEST_CASE_METHOD(
    service_fixture,
    "stream service: no more goes down than the window",
    "[plugin][streams]"
) {
    const auto stream = let_in_stream(1'000'000);
    REQUIRE(run_until(shard, [&] { return service->unread() == 1'000'000; }));
    std::size_t sent = 0;
    for (const auto& each : said)
        if (const auto* const piece = std::get_if<down::stream_arrived>(&each))
            sent += piece->data.size();
    CHECK(sent == 64 << 10);
    const std::size_t from = said.size();
    service->take(up::stream_taken{stream, 64 << 10});
    CHECK_FALSE(await<down::stream_arrived>(from).data.empty());
    CHECK(service->unread() == 1'000'000 - (64 << 10));
}

TEST_CASE_METHOD(
    service_fixture,
    "stream service: nobody reads what was not sent",
    "[plugin][streams]"
) {
    const auto stream = let_in_stream();
    service->take(up::stream_taken{stream, 1001});
    expect_break(stream, stream_code::misused);
}

TEST_CASE_METHOD(
    service_fixture,
    "stream service: nobody writes more than he may",
    "[plugin][streams]"
) {
    const auto stream = let_in_stream();
    SECTION("at once") {
        service->take(up::stream_written{stream, byte_buffer(proto::stream_unsent_max + 1), false});
    }
    SECTION("after the end") {
        service->take(up::stream_written{stream, {}, true});
        service->take(up::stream_written{stream, byte_buffer(1), false});
    }
    expect_break(stream, stream_code::misused);
}

TEST_CASE_METHOD(
    service_fixture,
    "stream service: numbers that name nothing do nothing",
    "[plugin][streams]"
) {
    const auto connection = let_in();
    const std::size_t before = said.size();
    service->take(up::connection_accepted{connection});  // again
    service->take(up::connection_accepted{99});
    service->take(up::connection_closed{99, 0, ""});
    service->take(up::listen_over{99});
    service->take(up::stream_wanted{7, 99, true});
    service->take(up::stream_written{99, byte_buffer(10), true});
    service->take(up::stream_taken{99, 10});
    service->take(up::stream_given_up{99, proto::stream_side::sending, 0});
    CHECK(said.size() == before);
    service->take(up::connection_closed{connection, ~std::uint64_t{0}, std::string(9999, 'x')});
    service->take(up::connection_closed{connection, 1, "again"});
    const auto lost = await<down::connection_lost>();
    CHECK(lost.code == stream_code::max);
    CHECK(lost.reason.size() <= proto::close_words_max);
    CHECK(service->connections() == 0);
    CHECK(count<down::connection_lost>() == 1);
}

TEST_CASE_METHOD(
    service_fixture,
    "stream service: no more streams than there may be",
    "[plugin][streams]"
) {
    client->auto_send = false;
    const auto connection = let_in();
    for (std::uint64_t n = 0; n <= proto::connection_streams_max; ++n)
        service->take(up::stream_wanted{1000 + n, connection, true});
    const auto refused = await<down::stream_ended>();
    CHECK(refused.stream == 1000 + proto::connection_streams_max);
    CHECK(refused.code == stream_code::too_many);
    CHECK(
        service->streams() == proto::connection_streams_max
    );  // the peer allows 100: the rest wait
    CHECK(connections[0]->is_connected());
}

TEST_CASE_METHOD(
    service_fixture,
    "stream service: peers that flood a role that does not read",
    "[plugin][streams]"
) {
    client->auto_send = false;
    std::vector<std::shared_ptr<echo_client>> senders;
    for (int i = 0; i < 10; ++i) {
        let_in();
        REQUIRE(run_until(shard, [&] { return connections.back()->is_connected(); }));
        for (int n = 0; n < 4; ++n) {
            senders.push_back(std::make_shared<echo_client>());
            senders.back()->to_send = pattern(1'000'000);
            senders.back()->send(*connections.back());
        }
    }
    const auto ended = await<down::stream_ended>();
    CHECK(ended.is_broken);
    CHECK(ended.code == stream_code::unread);
    CHECK(service->unread() <= proto::instance_unread_max);
    CHECK(service->connections() == 10);  // the others go on

    // Who sends little is not the one who pays for it.
    const auto modest = transport::endpoint::bind(shard, echo_pair::default_options()).value();
    const std::size_t before = said.size();
    client->to_send = pattern(100'000);
    client->auto_send = true;
    const auto connection = modest->connect(own->address(), test_alpn, client);
    const auto offered = await<down::connection_offered>(before);
    service->take(up::connection_accepted{offered.connection});
    const auto stream = await<down::stream_offered>(before).stream;
    std::size_t arrived = 0;
    std::size_t seen = before;
    CHECK(run_until(shard, [&] {
        for (; seen < said.size(); ++seen) {
            const auto* const piece = std::get_if<down::stream_arrived>(&said[seen]);
            if (piece == nullptr || piece->stream != stream) continue;
            arrived += piece->data.size();
            service->take(up::stream_taken{stream, piece->data.size()});
        }
        return arrived == 100'000;
    }));
    CHECK(service->unread() <= proto::instance_unread_max);
}

TEST_CASE_METHOD(
    service_fixture,
    "stream service: a drained role lets nobody in",
    "[plugin][streams]"
) {
    let_in();
    service->drain();
    const auto late = std::make_shared<echo_client>();
    const auto connection = other->connect(own->address(), test_alpn, late);
    REQUIRE(run_until(shard, [&] { return late->closed.has_value(); }));
    CHECK(late->closed->cause == transport::close_cause::refused);
    CHECK(service->connections() == 1);
}

TEST_CASE_METHOD(service_fixture, "stream service: all ends with it", "[plugin][streams]") {
    let_in_stream();
    const std::size_t before = said.size();
    SECTION("when the instance stops") {
        service->take(up::streams_over{});
    }
    SECTION("when the role is no more") {
        service.reset();
    }
    REQUIRE(run_until(shard, [&] { return client->closed.has_value(); }));
    CHECK(client->closed->code == stream_code::stopped);
    CHECK(own->router().find(test_alpn) == nullptr);
    CHECK(said.size() == before);
}

TEST_CASE_METHOD(
    service_fixture,
    "stream service: what is not granted does not come from a process either",
    "[plugin][streams]"
) {
    for (const char* alpn : {"", "other/1", "mesh/ping/1"}) {
        service->take(up::listen_wanted{5, alpn, 1, 1, 1});
        CHECK(std::get<down::listen_failed>(said.back()).code == stream_code::misused);
        service->take(up::dial_wanted{6, other->id(), alpn});
        CHECK(std::get<down::connection_lost>(said.back()).code == stream_code::misused);
    }
    service->take(up::listen_wanted{7, test_alpn, 1, 1, 1});
    CHECK(std::get<down::listen_failed>(said.back()).code == stream_code::taken);
    CHECK(service->connections() == 0);
}
