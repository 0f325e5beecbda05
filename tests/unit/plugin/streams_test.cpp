// SPDX-License-Identifier: Apache-2.0
// mesh.stream/1 and mesh.fd/1 through real roles, and over real endpoints on loopback.
#include "../transport/echo_peers.hpp"
#include "plugin/proto/limits.hpp"
#include "plugin/proto/stream_codes.hpp"
#include "plugin_bench.hpp"
#include "support/temp_dir.hpp"

#include <fstream>
#include <string>

using namespace meshhost;
using namespace meshhost::test;
using plugin::proto::instance_state;
namespace stream_code = plugin::proto::stream_code;

namespace {

constexpr const char* test_alpn = "test/1";

/// A host with a role, and somebody else who dials it or is dialled. One loop for both; the
/// role as a thread and as a process.
struct streams_fixture {
    streams_fixture() {
        own = transport::endpoint::bind(bench.shard, echo_pair::default_options()).value();
        other = transport::endpoint::bind(bench.shard, echo_pair::default_options()).value();
        bench.settings.self = own->id();
        for (const char* instance : {"streams-0", "streams-1"}) {
            bench.settings.instances[instance].digest_bytes = 1000;
            bench.settings.instances[instance].is_isolated = is_isolated;
        }
        bench.mesh.endpoint = own.get();
        bench.mesh.reserved_alpns = {"/iroh-gossip/1"};
        bench.mesh.address_of = [this](const identity::endpoint_id& id) {
            return id == other->id() ? other->address() : identity::endpoint_addr{id, {}, {}};
        };
    }
    ~streams_fixture() { bench.end(); }

    boost::json::object& config(const char* instance = "streams-0") {
        return bench.settings.instances[instance].config.values;
    }
    void serve(const char* what, const char* plugin = "streams") {
        config()["serve"] = what;
        bench.run(test_plugin(plugin));
    }
    /// The role dials the other, who echoes.
    void dial(std::int64_t bytes, std::int64_t connections = 1, const char* plugin = "streams") {
        other->router().add(test_alpn, protocol);
        config()["dial"] = other->id().to_hex();
        config()["bytes"] = bytes;
        config()["connections"] = connections;
        bench.run(test_plugin(plugin));
    }
    std::shared_ptr<transport::connection> call(const char* alpn = test_alpn) {
        return other->connect(own->address(), alpn, client);
    }
    std::string shown(const std::string& key) {
        const auto found = bench.values.find("streams." + key);
        if (found == bench.values.end()) return "";
        return std::holds_alternative<std::string>(found->second)
                   ? std::get<std::string>(found->second)
                   : "";
    }
    bool shows(const char* key, std::uint64_t value) {
        return bench.until_value(std::string("streams.") + key, value);
    }
    /// Nothing is held for roles any more.
    bool is_empty() {
        return bench.until([&] {
            const auto all = bench.manager().measure();
            return all.connections == 0 && all.streams == 0 && all.unread == 0;
        });
    }

    const bool is_isolated = GENERATE(false, true);
    plugin_bench bench{is_isolated};
    std::unique_ptr<transport::endpoint> own;
    std::unique_ptr<transport::endpoint> other;
    std::shared_ptr<echo_client> client = std::make_shared<echo_client>();
    std::shared_ptr<echo_protocol> protocol = std::make_shared<echo_protocol>();
};

}  // namespace

TEST_CASE_METHOD(streams_fixture, "streams: a role echoes over its own ALPN", "[plugin][streams]") {
    serve("echo");
    client->to_send = pattern(3'000'000);
    const auto connection = call();
    REQUIRE(bench.until([&] { return client->fin_received; }));
    CHECK(client->received == client->to_send);
    CHECK(bench.manager().measure().connections == 1);
    CHECK(bench.manager().owned().size() == 1);
    connection->close(9, "enough");
    CHECK(shows("code", 9));
    CHECK(bench.until([&] { return shown("last") == "enough"; }));
    CHECK(shows("ups", 1));
    CHECK(shows("downs", 1));
    CHECK(is_empty());
    CHECK(bench.stop() == 0);
    CHECK(bench.errors.empty());
}

TEST_CASE_METHOD(
    streams_fixture,
    "streams: a role dials, writes with credit and reads",
    "[plugin][streams]"
) {
    dial(3'000'000);
    CHECK(shows("downs", 1));
    CHECK(shows("received", 3'000'000));
    CHECK_FALSE(shown("sum").empty());
    CHECK(shown("sum") == shown("sent_sum"));
    CHECK(shows("code", 77));
    REQUIRE(bench.until([&] { return !protocol->ends.empty(); }));
    CHECK(protocol->ends[0].code == 77);
    CHECK(protocol->ends[0].reason == "done");
    CHECK(is_empty());
}

TEST_CASE_METHOD(
    streams_fixture,
    "streams: a reader that stalls stops the sender",
    "[plugin][streams]"
) {
    const temp_dir directory;
    const auto gate = directory.path() / "open";
    using std::filesystem::perms;
    std::filesystem::permissions(directory.path(), perms::all);  // the role may be nobody
    config()["gate"] = gate.string();
    serve("sink");
    client->to_send = pattern(20'000'000);
    const auto connection = call();
    // What is on its way stays the same once all windows are full.
    std::size_t most = 0;
    std::uint64_t received = 0;
    time_point since = bench.shard.now();
    REQUIRE(bench.until([&] {
        most = std::max(most, bench.manager().measure().unread);
        const auto now = own->measure().bytes_received;
        if (std::exchange(received, now) / 10'000 != now / 10'000) since = bench.shard.now();
        return most > 0 && bench.shard.now() - since > 1s;
    }));
    CHECK(most <= 1'250'000);
    std::ofstream(gate) << "now";
    CHECK(shows("received", 20'000'000));
    REQUIRE(bench.until([&] { return client->fin_received; }));
    connection->close(0, "");
    CHECK(is_empty());
}

TEST_CASE_METHOD(streams_fixture, "streams: who gets no answer is sent away", "[plugin][streams]") {
    serve("mute");
    const auto connection = call();
    CHECK(bench.until_value("streams.last", "asked"));
    REQUIRE(bench.until([&] { return client->closed.has_value(); }));
    CHECK(client->closed->code == stream_code::unanswered);
    CHECK(bench.until_value("streams.last", "gave up waiting"));
    CHECK(is_empty());
}

TEST_CASE_METHOD(
    streams_fixture,
    "streams: connections end with their role, and say so",
    "[plugin][streams]"
) {
    serve("echo");
    const auto connection = call();
    REQUIRE(bench.until([&] { return client->connected; }));
    CHECK(shows("ups", 1));
    CHECK(bench.stop() == 0);
    REQUIRE(bench.until([&] { return client->closed.has_value(); }));
    CHECK(client->closed->code == stream_code::stopped);
    CHECK(client->closed->reason == "the role has stopped");
    CHECK(own->router().find(test_alpn) == nullptr);
    CHECK(bench.errors.empty());
}

TEST_CASE_METHOD(streams_fixture, "streams: an ALPN has one role on a host", "[plugin][streams]") {
    config("streams-0")["serve"] = "echo";
    config("streams-1")["serve"] = "echo";
    const auto path = test_plugin("streams");
    const plugin::plugin_spec spec{.argument = path, .instance = {}, .role = {}};
    REQUIRE(bench.load_all({spec, spec}).empty());
    bench.manager().start();
    CHECK(
        bench.until_value("streams.last", "refused: another role of this host listens on that ALPN")
    );
}

TEST_CASE_METHOD(
    streams_fixture,
    "streams: what is not granted, or the host's, is refused",
    "[plugin][streams]"
) {
    config()["serve"] = "echo";
    std::string words;
    SECTION("undeclared") {
        config()["alpn"] = "other/1";
        words = "MESH_E_DENIED: listen: the operator did not grant \"alpn:other/1\"";
    }
    SECTION("reserved by its name") {
        config()["alpn"] = "mesh/ping/1";
        words = "MESH_E_EXISTS: listen: the ALPN mesh/ping/1 is the host's own";
    }
    SECTION("reserved by the host") {
        config()["alpn"] = "/iroh-gossip/1";
        words = "MESH_E_EXISTS: listen: the ALPN /iroh-gossip/1 is the host's own";
    }
    SECTION("dialled without the grant") {
        config()["serve"] = "";
        config()["alpn"] = "other/1";
        config()["dial"] = other->id().to_hex();
        words = "MESH_E_DENIED: connect: the operator did not grant \"alpn:other/1\"";
    }
    REQUIRE_FALSE(bench.load(test_plugin("streams")));
    bench.manager().start();
    REQUIRE(bench.until_state(instance_state::failed));
    REQUIRE(bench.errors.size() == 1);
    CHECK(bench.errors[0].starts_with("MP204"));
    CHECK(bench.errors[0].find(words) != std::string::npos);
}

TEST_CASE_METHOD(
    streams_fixture,
    "streams: a role that is granted nothing is not loaded",
    "[plugin][streams]"
) {
    bench.settings.instances["streams-0"].grant = {};
    const auto refused = bench.load(test_plugin("streams"));
    REQUIRE(refused);
    CHECK(refused->code == "MP020");
}

TEST_CASE_METHOD(
    streams_fixture,
    "streams: more than the role's budget has are refused to it and to its peers",
    "[plugin][streams]"
) {
    const auto refused = [this] {
        double count = 0;
        bool is_told = false;
        REQUIRE(bench.manager().ask_metrics("streams-0", [&](const auto& all, bool) {
            is_told = true;
            for (const auto& metric : all.metrics)
                count += metric.points.at(0).value;
        }));
        REQUIRE(bench.until([&] { return is_told; }));
        return count;
    };
    SECTION("its own") {
        dial(1000, 1, "streams_frugal");
        CHECK(bench.until_value("streams.one_more", std::int64_t{MESH_E_BUDGET}));
        CHECK(shows("received", 1000));
    }
    SECTION("a peer's") {
        config()["gate"] = "/nonexistent";
        serve("sink", "streams_frugal");
        client->to_send = pattern(10);
        const auto connection = call();
        REQUIRE(bench.until([&] { return bench.manager().measure().streams == 1; }));
        CHECK(refused() == 0);
        const auto second = std::make_shared<echo_client>();
        second->to_send = pattern(10);
        second->send(*connection);
    }
    REQUIRE(bench.until([&] { return refused() == 1; }));
    CHECK(bench.stop() == 0);
    REQUIRE(bench.errors.size() == 1);
    CHECK(bench.errors[0] == "MP312 stream budget 1 exhausted, 1 streams refused in the last 10 s");
}

TEST_CASE_METHOD(
    streams_fixture,
    "streams: an ALPN that nobody serves is told to the dialler",
    "[plugin][streams]"
) {
    serve("echo");
    const auto connection = call("nobody/1");
    REQUIRE(bench.until([&] { return client->closed.has_value(); }));
    CHECK(client->closed->cause == transport::close_cause::alpn_mismatch);
    CHECK(shown("ups").empty());
}

TEST_CASE_METHOD(
    streams_fixture,
    "streams: a dial that fails is told once, with the reason",
    "[plugin][streams]"
) {
    config()["dial"] = peer_id(1).to_hex();
    bench.run(test_plugin("streams"));
    CHECK(shows("downs", 1));
    CHECK(shows("code", stream_code::lost + std::uint64_t(transport::close_cause::no_address)));
    CHECK(bench.until([&] { return shown("last").starts_with("no address known for"); }));
    CHECK(is_empty());
}

TEST_CASE_METHOD(
    streams_fixture,
    "streams: hundreds of connections leave nothing behind",
    "[plugin][streams]"
) {
    dial(1000, 300);
    CHECK(shows("downs", 300));
    CHECK(shows("ups", 300));
    CHECK(is_empty());
    CHECK(bench.until([&] { return bench.manager().measure().handles == 0; }));
    CHECK(bench.until([&] { return own->measure().connections == 0; }));
    CHECK(bench.stop() == 0);
    CHECK(bench.errors.empty());
}

TEST_CASE("descriptors: a role plays with its own sockets", "[plugin][fd]") {
    plugin_bench bench;
    bench.run(test_plugin("descriptors"));
    CHECK(bench.until_value("descriptors.rounds", std::uint64_t{100}));
    CHECK(bench.until_value("descriptors.errors", std::uint64_t{1}));
    CHECK(bench.stop() == 0);
    CHECK(bench.errors.empty());
}
