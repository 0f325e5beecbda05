// SPDX-License-Identifier: Apache-2.0
// ngtcp2 and GnuTLS with nothing around them: the limit for a transport built on the two.
#include "common/report.hpp"
#include "peers/bare/bare_endpoint.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>

using namespace meshhost::bench;

namespace {

[[noreturn]] void serve(const bare_credentials& credentials, std::uint16_t port) {
    bare_endpoint endpoint(credentials, true, port);
    report_ready(endpoint.port(), "");
    for (;;)
        endpoint.turn();
}

/// Turns until `done`; ends the process when `connection` dies before.
template <class Done>
void turn_until(bare_endpoint& endpoint, const bare_connection& connection, Done done) {
    while (!done()) {
        endpoint.turn();
        if (connection.is_dead()) std::exit(1);
    }
}

bare_connection& connect(bare_endpoint& endpoint, const bench_arguments& asked) {
    bare_connection& made = endpoint.dial(asked.port);
    turn_until(endpoint, made, [&] { return made.is_ready(); });
    return made;
}

void echo_one(bare_endpoint& endpoint, bare_connection& connection) {
    const std::uint64_t before = connection.received();
    connection.has_stream() ? connection.add_bytes(1) : connection.open_stream(echo_mark, 1, false);
    endpoint.flush(connection);
    turn_until(endpoint, connection, [&] { return connection.received() > before; });
}

/// One connection of several at once.
struct handshake {
    bare_connection* connection;
    bench_clock::time_point started;
};

void run_handshakes(bare_endpoint& endpoint, const bench_arguments& asked) {
    latency_samples samples;
    samples.reserve(asked.count);
    std::vector<handshake> active;
    std::size_t started = 0;
    const stopwatch run;
    while (samples.count() < asked.count) {
        for (; active.size() < asked.concurrency && started < asked.count; ++started) {
            const auto now = bench_clock::now();
            active.push_back({&endpoint.dial(asked.port), now});
        }
        endpoint.turn();
        std::erase_if(active, [&](const handshake& each) {
            if (each.connection->is_dead()) std::exit(1);
            if (each.connection->is_ready() && !each.connection->has_stream()) {
                each.connection->open_stream(echo_mark, 1, false);
                endpoint.flush(*each.connection);
            }
            if (each.connection->received() == 0) return false;
            samples.add_since(each.started);
            endpoint.close(*each.connection);
            return true;
        });
        endpoint.reap();
    }
    report_latencies(asked, samples, run);
}

void run_ping_pong(bare_endpoint& endpoint, const bench_arguments& asked) {
    bare_connection& connection = connect(endpoint, asked);
    echo_one(endpoint, connection);
    latency_samples samples;
    samples.reserve(asked.count);
    const stopwatch run;
    while (samples.count() < asked.count) {
        const auto start = bench_clock::now();
        echo_one(endpoint, connection);
        samples.add_since(start);
    }
    report_latencies(asked, samples, run);
    endpoint.close(connection);
}

void run_bulk(bare_endpoint& endpoint, const bench_arguments& asked) {
    bare_connection& connection = connect(endpoint, asked);
    const std::uint64_t bytes = std::uint64_t{asked.count} << 20;
    const stopwatch run;
    connection.open_stream(sink_mark, bytes, true);
    endpoint.flush(connection);
    turn_until(endpoint, connection, [&] { return connection.sink_count() > 0; });
    report_bulk(bytes, connection.sink_count(), run);
    endpoint.close(connection);
}

void settle(bare_endpoint& endpoint) {
    const ngtcp2_tstamp until = bare_now() + hold_settle_seconds * NGTCP2_SECONDS;
    while (bare_now() < until)
        endpoint.turn(NGTCP2_MILLISECONDS * 100);
}

void run_hold(bare_endpoint& endpoint, const bench_arguments& asked) {
    for (std::size_t i = 0; i < hold_warm_up; ++i) {
        bare_connection& warm = connect(endpoint, asked);
        echo_one(endpoint, warm);
        endpoint.close(warm);
        endpoint.reap();
    }
    settle(endpoint);
    report_memory("before", 0);
    settle(endpoint);
    for (std::size_t i = 0; i < asked.count; ++i)
        echo_one(endpoint, connect(endpoint, asked));
    settle(endpoint);
    report_memory("held", asked.count);
    settle(endpoint);
}

}  // namespace

int main(int argc, char** argv) {
    int status = 0;
    const auto asked = read_arguments(argc, argv, "a bare ngtcp2 loop", status);
    if (!asked) return status;
    require_gnutls(gnutls_global_init(), "start");
    const bare_credentials credentials;
    if (asked->role == bench_role::server) serve(credentials, asked->port);

    bare_endpoint endpoint(credentials, false, 0);
    switch (asked->verb) {
    case bench_verb::hs:
        run_handshakes(endpoint, *asked);
        return 0;
    case bench_verb::pp:
        run_ping_pong(endpoint, *asked);
        return 0;
    case bench_verb::bulk:
        run_bulk(endpoint, *asked);
        return 0;
    case bench_verb::hold:
        run_hold(endpoint, *asked);
        return 0;
    case bench_verb::hs_resumed:
        std::fputs("the bare loop keeps no tickets\n", stderr);
        return 2;
    }
    return 2;
}
