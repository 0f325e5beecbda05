// SPDX-License-Identifier: Apache-2.0
// A way out that is full: what is held meanwhile, and what is lost. In a network whose loopback
// device is as slow as wanted.
#include "identity/secret_key.hpp"
#include "net/shard.hpp"
#include "path/path_mux.hpp"
#include "support/catch.hpp"
#include "support/loop.hpp"
#include "support/own_network.hpp"
#include "support/skip_run.hpp"

#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

using namespace meshhost;
using path::path_mux;

namespace {

/// One packet at once, and the next after a minute.
class slow_network {
public:
    slow_network() {
        if (std::system("tc qdisc add dev lo root tbf rate 8bit burst 1600 limit 1mb") != 0)
            test::skip_run("needs tc and its tbf");
    }
    slow_network(const slow_network&) = delete;
    slow_network& operator=(const slow_network&) = delete;
    ~slow_network() { end(); }
    /// What waits in it is gone.
    void end() {
        if (!std::exchange(is_over_, true)) (void)!std::system("tc qdisc del dev lo root");
    }

private:
    bool is_over_ = false;
};

struct end final : path::path_sink {
    explicit end(net::shard& shard) {
        path::mux_options options;
        options.bind = {ip_endpoint::loopback_v4(0)};
        options.udp.buffer_bytes = 4096;  // a few datagrams
        options.relays.key = &key;
        options.relays.log = options.log = logger("test");
        mux = path_mux::open(shard, *this, std::move(options)).value();
    }
    bool send(const end& to, const std::string& text) { return mux->send(made_of(to, text)); }
    void send_once(const end& to, const std::string& text) { mux->send_once(made_of(to, text)); }
    bool has(const std::string& text) const {
        return std::find(received.begin(), received.end(), text) != received.end();
    }

    void on_datagram(path_id, std::uint8_t, std::span<std::uint8_t> data) override {
        received.emplace_back(data.begin(), data.end());
        received.back().resize(received.back().find('.'));
    }
    void on_refused(const ip_endpoint&) override {}
    void on_turn_end() override {}
    void on_writable() override { ++writable; }
    void on_socket_broken() override {}
    void on_relays_changed() override {}

    identity::secret_key key = identity::secret_key::generate();
    std::unique_ptr<path_mux> mux;
    std::vector<std::string> received;  ///< up to the dot
    std::size_t writable = 0;

private:
    path::datagrams made_of(const end& to, const std::string& text) {
        padded = text + std::string(1000 - text.size(), '.');
        const auto* const bytes = reinterpret_cast<const std::uint8_t*>(padded.data());
        const path_id path = mux->paths().intern(to.mux->bound().front());
        return {path, {bytes, padded.size()}, padded.size(), 0};
    }
    std::string padded;
};

struct two_ends {
    net::shard shard;
    end here{shard};
    end there{shard};

    bool run_until_heard(const std::string& text) {
        return test::run_until(shard, [&] { return there.has(text); });
    }
    /// The number of the datagram that is held.
    std::string fill() {
        for (int i = 0; i < 1000; ++i)
            if (!here.send(there, std::to_string(i))) return std::to_string(i);
        return {};
    }
};

}  // namespace

TEST_CASE("path_mux: what does not fit is held, and sent first when there is room", "[path]") {
    two_ends net;
    slow_network slow;
    const std::string held = net.fill();
    REQUIRE_FALSE(held.empty());
    CHECK_FALSE(net.here.send(net.there, "next"));  // taken by nobody
    slow.end();
    CHECK(net.run_until_heard(held));
    CHECK(test::run_until(net.shard, [&] { return net.here.writable == 1; }));
    CHECK_FALSE(net.there.has("next"));
    CHECK(net.here.send(net.there, "after"));
    CHECK(net.run_until_heard("after"));
}

TEST_CASE("path_mux: what is sent once takes nobody's place where there is none", "[path]") {
    two_ends net;
    net.here.send_once(net.there, "early");
    REQUIRE(net.run_until_heard("early"));
    slow_network slow;
    const std::string held = net.fill();
    REQUIRE_FALSE(held.empty());
    net.here.send_once(net.there, "once");
    slow.end();
    CHECK(net.run_until_heard(held));
    net.here.send_once(net.there, "late");
    CHECK(net.run_until_heard("late"));
    CHECK_FALSE(net.there.has("once"));
}

TEST_CASE("path_mux: what is sent once and does not fit is not held", "[path]") {
    two_ends net;
    slow_network slow;
    for (int i = 0; i < 100; ++i)
        net.here.send_once(net.there, std::to_string(i));
    slow.end();
    CHECK(net.here.send(net.there, "next"));
    CHECK(net.run_until_heard("next"));
    CHECK_FALSE(net.there.has("99"));
    CHECK(net.here.writable == 0);
}
