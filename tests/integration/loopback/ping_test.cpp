// SPDX-License-Identifier: Apache-2.0
// mesh/ping/1 on real sockets.
#include "loopback_host.hpp"
#include "ping/ping_client.hpp"
#include "ping/ping_handler.hpp"
#include "support/catch.hpp"
#include "support/loop.hpp"

using namespace meshhost;
using namespace meshhost::ping;

namespace {

class recording_sink final : public ping_sink {
public:
    void on_ping_result(const ping_result& result, const transport::path_info& path) override {
        results.push_back(result);
        last_path = path;
    }
    void on_ping_done(const ping_summary& summary) override { done = summary; }

    std::vector<ping_result> results;
    transport::path_info last_path;
    std::optional<ping_summary> done;
};

struct ping_fixture {
    net::shard shard;
    std::unique_ptr<transport::endpoint> server = bind(1);
    std::unique_ptr<transport::endpoint> dialler = bind(2);

    ping_fixture() {
        server->router().add(std::string(ping_alpn), std::make_shared<ping_handler>());
    }
    std::unique_ptr<transport::endpoint> bind(std::uint8_t seed) {
        transport::endpoint_options options{
            .key = test::loopback_key(seed),
            .bind = {ip_endpoint::loopback_v4(0)}};
        return transport::endpoint::bind(shard, std::move(options)).value();
    }
    recording_sink ping(const ping_options& options) {
        recording_sink sink;
        ping_client client(shard, *dialler, sink, options);
        client.start({server->id(), {}, {server->bound().front()}});
        REQUIRE(test::run_until(shard, [&] { return sink.done.has_value(); }));
        return sink;
    }
};

}  // namespace

TEST_CASE_METHOD(
    ping_fixture,
    "loopback: pings come back over a direct path",
    "[integration][ping]"
) {
    const auto sink = ping({.count = 20, .size = ping_size_max, .interval = 1ms});
    CHECK_FALSE(sink.done->fault);
    CHECK(sink.done->received == 20);
    CHECK(sink.last_path.kind == transport::path_kind::direct);
    CHECK(sink.done->handshake == transport::handshake_kind::full);
    CHECK(sink.done->rtt_min < 1s);
}

TEST_CASE_METHOD(
    ping_fixture,
    "loopback: the second time, the first ping goes with the handshake",
    "[integration][ping]"
) {
    ping({.count = 3, .interval = 1ms});
    const auto again = ping({.count = 3, .interval = 1ms});
    CHECK_FALSE(again.done->fault);
    CHECK(again.done->received == 3);
    CHECK(again.done->handshake == transport::handshake_kind::early_data);
    CHECK(test::run_until(shard, [&] { return server->measure().early_data_accepted == 1; }));
}

TEST_CASE_METHOD(
    ping_fixture,
    "loopback: a host without the protocol says so",
    "[integration][ping]"
) {
    server->router().remove(ping_alpn);
    const auto sink = ping({});
    REQUIRE(sink.done->fault);
    CHECK(sink.done->fault->exit == exit_code::version_mismatch);
}
