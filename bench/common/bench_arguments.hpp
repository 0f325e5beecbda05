// SPDX-License-Identifier: Apache-2.0
#pragma once
// The command line that every program of the bench shares: PROGRAM server [--port P], or
// PROGRAM client VERB --port P [--id ID] [--count N] [--concurrency C]. See bench/README.md.
#include <cstdint>
#include <optional>
#include <string>

namespace meshhost::bench {

enum class bench_role : std::uint8_t { server, client, idle };

enum class bench_verb : std::uint8_t {
    hs,          ///< connect, one byte there and back, close; a full handshake each time
    hs_resumed,  ///< the same with the session ticket of the connection before
    pp,          ///< one byte there and back on one stream
    bulk,        ///< MiB on one stream into a sink that says how many bytes came
    hold,        ///< connections that stay and do nothing
};

const char* to_string(bench_verb verb) noexcept;

struct bench_arguments {
    bench_role role = bench_role::server;
    bench_verb verb = bench_verb::hs;
    std::uint16_t port = 0;  ///< server: where to listen, 0 for any
    std::string id;          ///< of the server, where the protocol wants one
    std::size_t count = 1;   ///< connections, round trips, MiB, or seconds of idleness
    std::size_t concurrency = 1;
};

/// No load is larger than this, whatever the command line says.
inline constexpr std::size_t count_max = 100'000;
inline constexpr std::size_t concurrency_max = 64;
/// And no program outlives this: then SIGALRM ends it.
inline constexpr unsigned run_seconds_max = 900;

/// `hold`: connections made and closed first, so that caches are warm; and how long the client
/// waits before and after each line, so that the server can be measured too.
inline constexpr std::size_t hold_warm_up = 20;
inline constexpr unsigned hold_settle_seconds = 2;

/// Reads the command line and starts the alarm. nullopt: help or a complaint was printed, exit
/// with `exit_status`.
std::optional<bench_arguments> read_arguments(
    int argc,
    char** argv,
    const char* what,
    int& exit_status
);

}  // namespace meshhost::bench
