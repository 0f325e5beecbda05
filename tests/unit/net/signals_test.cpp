// SPDX-License-Identifier: Apache-2.0
#include "loop_fixture.hpp"
#include "net/signals.hpp"

#include <csignal>
#include <vector>

using namespace meshhost;
using net::signal_kind;

namespace {

struct recorder final : net::signal_sink {
    void on_signal(signal_kind signal) override { heard.push_back(signal); }
    std::vector<signal_kind> heard;
};

bool is_default(int number) {
    struct sigaction current {};
    REQUIRE(::sigaction(number, nullptr, &current) == 0);
    return current.sa_handler == SIG_DFL;
}

}  // namespace

TEST_CASE("net: each signal is heard by its name, again and again", "[net][signals]") {
    net::shard shard;
    recorder sink;
    net::signal_watch watch(shard, sink);
    REQUIRE(watch.start().has_value());
    const std::vector<std::pair<int, signal_kind>> signals{
        {SIGHUP, signal_kind::hangup},
        {SIGUSR1, signal_kind::user1},
        {SIGTERM, signal_kind::terminate},
        {SIGINT, signal_kind::interrupt},
        {SIGTERM, signal_kind::terminate},
    };
    for (const auto& [number, kind] : signals) {
        const std::size_t before = sink.heard.size();
        REQUIRE(::raise(number) == 0);
        CHECK(sink.heard.size() == before);  // never inside the interruption
        test::run_until(shard, [&] { return sink.heard.size() > before; });
        CHECK(sink.heard.back() == kind);
    }
}

TEST_CASE("net: signals go back to normal with their watch", "[net][signals]") {
    net::shard shard;
    recorder sink;
    {
        net::signal_watch watch(shard, sink);
        REQUIRE(watch.start().has_value());
        CHECK_FALSE(is_default(SIGUSR1));
        REQUIRE(::raise(SIGUSR1) == 0);
    }
    test::run_ready(shard);
    CHECK(sink.heard.empty());
    for (int number : {SIGTERM, SIGINT, SIGHUP, SIGUSR1})
        CHECK(is_default(number));
}
