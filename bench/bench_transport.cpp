// SPDX-License-Identifier: Apache-2.0
// Our transport under the bench's load; and idle, to see what it costs to be there.
#include "common/report.hpp"
#include "net/deadline_timer.hpp"
#include "net/shard.hpp"
#include "ours/bench_service.hpp"
#include "ours/client_verbs.hpp"
#include "transport/endpoint.hpp"

#include <cstdio>

using namespace meshhost;
using namespace meshhost::bench;

namespace {

std::unique_ptr<transport::endpoint> bind(net::shard& shard, std::uint16_t port) {
    auto bound = transport::endpoint::bind(
        shard,
        {
            .key = identity::secret_key::generate(),
            .bind = {ip_endpoint::loopback_v4(port)},
            .connections_per_peer_max = count_max,  // all of the load is one peer
            .log = logger("bench"),
        }
    );
    if (bound) return std::move(bound).value();
    std::fprintf(stderr, "%s\n%s\n", bound.error().message.c_str(), bound.error().hint.c_str());
    return nullptr;
}

void serve(net::shard& shard, transport::endpoint& endpoint) {
    endpoint.router().add(bench_alpn, std::make_shared<bench_service>());
    report_ready(endpoint.bound().front().port, endpoint.id().to_hex());
    shard.run();
}

int load(net::shard& shard, transport::endpoint& endpoint, const bench_arguments& asked) {
    const auto id = identity::endpoint_id::parse(asked.id);
    if (!id) {
        std::fputs("--id wants the id that the server printed\n", stderr);
        return 2;
    }
    const identity::endpoint_addr server{*id, {}, {ip_endpoint::loopback_v4(asked.port)}};
    const auto verb = start_verb({shard, endpoint, server, asked});
    shard.run();
    endpoint.close(0, "done");
    return 0;
}

class idle_window final : public net::deadline_sink {
public:
    idle_window(net::shard& shard, std::size_t seconds)
        : shard_(shard)
        , timer_(shard, *this) {
        timer_.arm(shard.now() + std::chrono::seconds(seconds));
    }

private:
    void on_deadline(time_point) override {
        report_idle(run_);
        shard_.stop();
    }

    net::shard& shard_;
    net::deadline_timer timer_;
    stopwatch run_;
};

}  // namespace

int main(int argc, char** argv) {
    int status = 0;
    const auto asked = read_arguments(argc, argv, "meshhost's transport", status);
    if (!asked) return status;
    net::shard shard;
    const auto endpoint = bind(shard, asked->role == bench_role::server ? asked->port : 0);
    if (endpoint == nullptr) return 1;
    switch (asked->role) {
    case bench_role::server:
        serve(shard, *endpoint);
        return 0;
    case bench_role::client:
        return load(shard, *endpoint, *asked);
    case bench_role::idle: {
        const idle_window window(shard, asked->count);
        shard.run();
        return 0;
    }
    }
    return 2;
}
