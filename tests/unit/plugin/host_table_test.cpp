// SPDX-License-Identifier: Apache-2.0
// The C tables as a plugin calls them, well and badly, with this thread as the strand.
#include <mesh/plugin.h>

#include "bare_instance.hpp"
#include "plugin/instance_context.hpp"
#include "plugin_bench.hpp"
#include "support/catch.hpp"

#include <boost/json/parse.hpp>

#include <string>
#include <string_view>
#include <thread>

using namespace meshhost;
using namespace meshhost::plugin;
using test::bare_instance;
using test::on_other_thread;
using test::str;

TEST_CASE("host table: it says who it is and what it offers", "[plugin][host]") {
    const bare_instance plugin;
    CHECK(plugin.host->struct_size == sizeof(mesh_host));
    CHECK(plugin.host->abi_major == 1);
    CHECK(std::string(plugin.host->product) == "meshhost");
    CHECK(std::string(plugin.host->instance) == "test-0");
    for (const char* id :
         {MESH_EXT_LOG,
          MESH_EXT_CONFIG,
          MESH_EXT_TIMER,
          MESH_EXT_PEERS,
          MESH_EXT_DIGEST,
          MESH_EXT_STATE,
          MESH_EXT_STREAM,
          MESH_EXT_FD,
          MESH_EXT_WORKER,
          MESH_EXT_HEALTH,
          MESH_EXT_METRICS,
          MESH_EXT_TRACE}) {
        CHECK(plugin.host->get_extension(plugin.host, id) != nullptr);
    }
    CHECK(plugin.host->get_extension(plugin.host, MESH_EXT_GOSSIP) != nullptr);
    for (const char* id : {"mesh.log/2", "", "x"})
        CHECK(plugin.host->get_extension(plugin.host, id) == nullptr);
    CHECK(plugin.host->get_extension(plugin.host, nullptr) == nullptr);
}

TEST_CASE("host table: a call past the end of a table is answered", "[plugin][host]") {
    const bare_instance plugin;
    const auto& log = plugin.table<mesh_log_v1>(MESH_EXT_LOG);
    // What a plugin with a longer header believes to be there.
    struct longer {
        mesh_log_v1 known;
        mesh_status (*newer)(const mesh_host*, int) noexcept;
    };
    const auto& newer = reinterpret_cast<const longer&>(log);
    CHECK_FALSE(MESH_HAS(&newer.known, longer, newer));
    CHECK(newer.newer(plugin.host, 7) == MESH_E_UNSUPPORTED);
    CHECK(plugin.last_error() == "this host's table ends before that entry; test with MESH_HAS");
}

TEST_CASE("host table: calls without a host are refused", "[plugin][host]") {
    const bare_instance plugin;
    mesh_handle handle = 0;
    CHECK(
        plugin.table<mesh_timer_v1>(MESH_EXT_TIMER).start(nullptr, {}, 0, 0, 0, &handle)
        == MESH_E_INVALID
    );
    CHECK(plugin.host->post(nullptr, 0, nullptr) == MESH_E_INVALID);
    CHECK_FALSE(plugin.host->on_strand(nullptr));
}

TEST_CASE("host table: who may call when", "[plugin][host]") {
    bare_instance plugin;
    const mesh_host* const host = plugin.host;
    const auto& timers = plugin.table<mesh_timer_v1>(MESH_EXT_TIMER);
    const auto cancel = [&] { return timers.cancel(host, 1); };
    const auto post = [&] { return host->post(host, 1, nullptr); };
    CHECK(cancel() == MESH_E_HANDLE);
    CHECK(post() == MESH_OK);
    CHECK(on_other_thread(post) == MESH_E_STATE);  // create has not returned
    plugin.context.gate.created();
    CHECK(on_other_thread(post) == MESH_OK);
    CHECK(on_other_thread(cancel) == MESH_E_THREAD);
    CHECK(host->on_strand(host));
    plugin.context.gate.close();
    CHECK(post() == MESH_E_STATE);
    CHECK(cancel() == MESH_E_STATE);
    CHECK(on_other_thread(post) == MESH_E_STATE);
}

TEST_CASE("host table: posts are refused when the queue is full", "[plugin][host]") {
    const bare_instance plugin;
    for (std::size_t i = 0; i < proto::posted_max; ++i)
        CHECK(plugin.host->post(plugin.host, i, nullptr) == MESH_OK);
    CHECK(plugin.host->post(plugin.host, 0, nullptr) == MESH_E_AGAIN);
    CHECK(plugin.last_error() == "the queue of posted events is full");
}

TEST_CASE("host table: the last error is gone after a call that succeeds", "[plugin][host]") {
    const bare_instance plugin;
    const auto& timers = plugin.table<mesh_timer_v1>(MESH_EXT_TIMER);
    CHECK(timers.cancel(plugin.host, 1) == MESH_E_HANDLE);
    CHECK(plugin.last_error() == "no such timer is running");
    CHECK(plugin.host->post(plugin.host, 1, nullptr) == MESH_OK);
    CHECK(plugin.last_error().empty());
}

TEST_CASE("timer table: times that cannot be are refused", "[plugin][host]") {
    const bare_instance plugin;
    const auto& timers = plugin.table<mesh_timer_v1>(MESH_EXT_TIMER);
    mesh_handle handle = 0;
    CHECK(timers.start(plugin.host, str("x"), -1, 0, 1, &handle) == MESH_E_INVALID);
    CHECK(timers.start(plugin.host, str("x"), 0, INT64_MAX, 1, &handle) == MESH_E_INVALID);
    CHECK(timers.start(plugin.host, str("x"), INT64_MAX, 0, 1, &handle) == MESH_E_INVALID);
    CHECK(timers.start(plugin.host, str("x"), 0, 0, 1, nullptr) == MESH_E_INVALID);
    CHECK(timers.start(plugin.host, {nullptr, 5}, 0, 0, 1, &handle) == MESH_OK);
    for (std::size_t i = 1; i < proto::timers_max; ++i)
        CHECK(timers.start(plugin.host, str("x"), 0, 0, 1, &handle) == MESH_OK);
    CHECK(timers.start(plugin.host, str("x"), 0, 0, 1, &handle) == MESH_E_BUDGET);
}

TEST_CASE("config table: values, counts and keys by path", "[plugin][host]") {
    const bare_instance plugin(
        R"({"a": {"n": 7, "s": "x"}, "l": [true, 1.5], "u": 9223372036854775808})"
    );
    const auto& config = plugin.table<mesh_config_v1>(MESH_EXT_CONFIG);
    const auto get = [&](std::string_view path) {
        mesh_value value{};
        const mesh_status status = config.get(plugin.host, MESH_CFG_CURRENT, str(path), &value);
        return std::pair(status, value);
    };
    CHECK(get("a.n").second.type == MESH_T_I64);
    CHECK(get("a.n").second.as.i64 == 7);
    CHECK(std::string_view(get("a.s").second.as.str.ptr, get("a.s").second.as.str.len) == "x");
    CHECK(get("l[0]").second.type == MESH_T_BOOL);
    CHECK(get("l[1]").second.as.f64 == 1.5);
    CHECK(get("u").second.type == MESH_T_U64);
    CHECK(get("a").first == MESH_E_INVALID);
    CHECK(get("a.x").first == MESH_E_NOT_FOUND);
    std::size_t count = 0;
    CHECK(config.count(plugin.host, MESH_CFG_CURRENT, str("l"), &count) == MESH_OK);
    CHECK(count == 2);
    CHECK(config.count(plugin.host, MESH_CFG_CURRENT, str(""), &count) == MESH_OK);
    CHECK(count == 3);
    CHECK(config.count(plugin.host, MESH_CFG_CURRENT, str("a.n"), &count) == MESH_E_INVALID);
    mesh_str key{};
    CHECK(config.key_at(plugin.host, MESH_CFG_CURRENT, str("a"), 1, &key) == MESH_OK);
    CHECK(std::string_view(key.ptr, key.len) == "s");
    CHECK(config.key_at(plugin.host, MESH_CFG_CURRENT, str("a"), 2, &key) == MESH_E_NOT_FOUND);
    CHECK(config.get(plugin.host, MESH_CFG_CANDIDATE, str("u"), nullptr) == MESH_E_INVALID);
    CHECK(config.text(plugin.host, MESH_CFG_CANDIDATE, MESH_CFG_JSON, &key) == MESH_E_STATE);
    CHECK(config.text(plugin.host, MESH_CFG_CURRENT, MESH_CFG_TOML, &key) == MESH_E_UNSUPPORTED);
    CHECK(config.text(plugin.host, MESH_CFG_CURRENT, MESH_CFG_JSON, &key) == MESH_OK);
    CHECK(std::string_view(key.ptr, key.len).starts_with(R"({"a":{"n":7)"));
}

TEST_CASE("peers table: who is there, and who we are", "[plugin][host]") {
    bare_instance plugin;
    auto far = test::peer("broker");
    far.rtt = 5ms;
    far.path = peer_path::relayed;
    auto gone = test::peer("broker");
    gone.presence = peer_presence::down;
    plugin.context.peers.apply(test::snapshot({{1, far}, {2, gone}}));
    const auto& peers = plugin.table<mesh_peers_v1>(MESH_EXT_PEERS);
    mesh_peer peer{};
    CHECK(peers.self(plugin.host, &peer) == MESH_E_INVALID);  // struct_size is not set
    peer.struct_size = sizeof peer;
    CHECK(peers.self(plugin.host, &peer) == MESH_OK);
    CHECK(std::string_view(peer.roles.ptr, peer.roles.len) == "test");
    std::uint64_t cursor = 0;
    CHECK(peers.next(plugin.host, &cursor, &peer) == MESH_OK);
    CHECK(peer.state == MESH_PEER_UP);
    CHECK(peer.rtt == 5'000'000);
    CHECK(peer.path == 2);
    const mesh_node_id id = peer.id;
    CHECK(peers.next(plugin.host, &cursor, &peer) == MESH_E_NOT_FOUND);
    CHECK(peers.next(plugin.host, &cursor, &peer) == MESH_E_NOT_FOUND);
    CHECK(peers.find(plugin.host, id, &peer) == MESH_OK);
    mesh_node_id other = id;
    other.b[0] ^= 1;
    CHECK(peers.find(plugin.host, other, &peer) == MESH_E_NOT_FOUND);
}

TEST_CASE("peers table: a newer caller gets what this host has", "[plugin][host]") {
    const bare_instance plugin;
    struct longer {
        mesh_peer known;
        std::uint64_t newer;
    } peer{};
    peer.newer = 42;
    peer.known.struct_size = sizeof peer;
    const auto& peers = plugin.table<mesh_peers_v1>(MESH_EXT_PEERS);
    CHECK(peers.self(plugin.host, &peer.known) == MESH_OK);
    CHECK(peer.newer == 42);
    CHECK(peer.known.state == MESH_PEER_UP);
}

TEST_CASE("digest table: declare in create, set from anywhere after it", "[plugin][host]") {
    bare_instance plugin;
    const auto& digest = plugin.table<mesh_digest_v1>(MESH_EXT_DIGEST);
    mesh_digest_key key{};
    key.name = "n";
    key.type = MESH_T_I64;
    key.flags = 1u << 9;
    CHECK(digest.declare(plugin.host, &key, 1) == MESH_E_UNSUPPORTED);
    key.flags = 0;
    CHECK(digest.declare(plugin.host, nullptr, 1) == MESH_E_INVALID);
    CHECK(digest.declare(plugin.host, &key, 1) == MESH_OK);
    CHECK(digest.declare(plugin.host, &key, 1) == MESH_E_STATE);
    plugin.context.gate.created();
    CHECK(digest.declare(plugin.host, &key, 1) == MESH_E_STATE);
    mesh_value value{};
    value.type = MESH_T_I64;
    value.as.i64 = 3;
    CHECK(digest.set(plugin.host, 0, &value) == MESH_OK);
    CHECK(digest.set(plugin.host, 1, &value) == MESH_E_INVALID);
    CHECK(digest.set(plugin.host, 0, nullptr) == MESH_E_INVALID);
    value.type = 77;
    CHECK(digest.set(plugin.host, 0, &value) == MESH_E_INVALID);
    CHECK(plugin.context.digest.poll({})->value == peers::proto::digest_value(std::int64_t{3}));
    const auto clear = [&] { return digest.clear(plugin.host, 0); };
    CHECK(on_other_thread(clear) == MESH_OK);  // reaches the strand through its queue
    CHECK_FALSE(plugin.context.digest.poll({}));
    const auto work = plugin.context.queue->wait_until(no_deadline);
    CHECK(std::holds_alternative<digest_update>(*work.item));
}

TEST_CASE("digest table: what others say", "[plugin][host]") {
    bare_instance plugin;
    auto busy = test::peer("compute");
    busy.contributions = {{"compute", "load", "1", 0.5}};
    plugin.context.peers.apply(test::snapshot({{1, busy}}));
    const auto& digest = plugin.table<mesh_digest_v1>(MESH_EXT_DIGEST);
    const auto& peers = plugin.table<mesh_peers_v1>(MESH_EXT_PEERS);
    mesh_peer peer{};
    peer.struct_size = sizeof peer;
    std::uint64_t cursor = 0;
    REQUIRE(peers.next(plugin.host, &cursor, &peer) == MESH_OK);
    mesh_value value{};
    mesh_ns age = -1;
    CHECK(digest.get(plugin.host, peer.id, str("compute"), str("load"), &value, &age) == MESH_OK);
    CHECK(value.as.f64 == 0.5);
    CHECK(age >= 0);
    CHECK(
        digest.get(plugin.host, peer.id, str("compute"), str("jobs"), &value, nullptr)
        == MESH_E_NOT_FOUND
    );
    CHECK(
        digest.get(plugin.host, {}, str("compute"), str("load"), &value, nullptr)
        == MESH_E_NOT_FOUND
    );
}

TEST_CASE("log table: what a plugin hands over is not believed", "[plugin][host]") {
    const bare_instance plugin;
    const auto& log = plugin.table<mesh_log_v1>(MESH_EXT_LOG);
    CHECK(log.level(plugin.host) > MESH_LOG_ERROR);  // its logger drops everything
    const mesh_attr attr{{nullptr, 9}, {.type = MESH_T_BYTES, .reserved = 0, .as = {.b = 0}}};
    log.write(plugin.host, MESH_LOG_ERROR, {nullptr, 9}, &attr, 1, nullptr, 0);
    log.write(plugin.host, 9999, str("x"), nullptr, 9, "file.c", 3);
    log.write(nullptr, MESH_LOG_ERROR, str("x"), nullptr, 0, nullptr, 0);
    CHECK(plugin.last_error() == "called without a mesh_host");
}
