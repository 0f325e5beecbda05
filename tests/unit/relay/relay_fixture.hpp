// SPDX-License-Identifier: Apache-2.0
#pragma once
// A relay and its clients on one loop, and sinks that remember what they were told.
#include "identity/secret_key.hpp"
#include "relay/relay_client.hpp"
#include "relayd/relay_server.hpp"
#include "support/loop.hpp"

#include <functional>
#include <string>
#include <vector>

namespace meshhost::test {

inline identity::secret_key key_of(std::uint8_t number) {
    const std::array<std::uint8_t, identity::secret_key::seed_size> seed{number};
    return identity::secret_key::from_seed(seed);
}

struct recording_sink final : relay::relay_sink {
    void on_datagrams(
        const identity::endpoint_id& peer,
        std::uint8_t ecn,
        std::span<std::uint8_t> data,
        std::size_t segment_size
    ) override {
        from.push_back(peer);
        marks.push_back(ecn);
        segments.push_back(segment_size);
        texts.emplace_back(as_text(data));
        bytes += data.size();
        if (on_data) on_data();
    }
    void on_turn_end() override {
        ++turns;
        if (at_turn_end) at_turn_end();
    }
    void on_status(relay::relay_status status, relay::down_reason reason) override {
        statuses.push_back(status);
        reasons.push_back(reason);
        if (at_status) at_status();
    }
    void on_gone(const identity::endpoint_id& peer) override { gone.push_back(peer); }
    void on_writable() override { ++writable; }

    bool was(relay::relay_status status) const {
        return std::find(statuses.begin(), statuses.end(), status) != statuses.end();
    }

    std::vector<identity::endpoint_id> from;
    std::vector<std::uint8_t> marks;
    std::vector<std::size_t> segments;
    std::vector<std::string> texts;
    std::size_t bytes = 0;
    std::size_t turns = 0;
    std::size_t writable = 0;
    std::vector<relay::relay_status> statuses;
    std::vector<relay::down_reason> reasons;
    std::vector<identity::endpoint_id> gone;
    std::function<void()> on_data;
    std::function<void()> at_turn_end;
    std::function<void()> at_status;
};

struct lone_relay {
    explicit lone_relay(net::shard& shard, relayd::relay_server_options options = {})
        : server(shard, std::move(options)) {}

    std::string listen(const net::tls_server_context* tls = nullptr) {
        const auto where = server.listen(ip_endpoint::loopback_v4(0), tls);
        REQUIRE(where);
        port = where->port;
        return (tls == nullptr ? "http://127.0.0.1:" : "https://localhost:") + std::to_string(port)
               + "/";
    }

    relayd::relay_server server;
    std::uint16_t port = 0;
};

/// A client that is started.
struct lone_client {
    lone_client(net::shard& shard, std::uint8_t number, std::string url, std::string token = {})
        : lone_client(
            shard,
            number,
            relay::relay_client_options{std::move(url), std::move(token)}
        ) {}

    lone_client(net::shard& shard, std::uint8_t number, relay::relay_client_options options)
        : key(key_of(number)) {
        auto made = relay::relay_client::make(shard, key, sink, std::move(options));
        REQUIRE(made);
        client = std::move(*made);
        client->start();
    }
    lone_client(const lone_client&) = delete;
    lone_client& operator=(const lone_client&) = delete;

    bool is_up() const { return client->status() == relay::relay_status::up; }
    bool send(const lone_client& to, std::string_view text, std::uint8_t ecn = 0) {
        return client->send({to.key.id(), as_bytes(text), text.size(), ecn});
    }

    identity::secret_key key;
    recording_sink sink;
    std::unique_ptr<relay::relay_client> client;
};

}  // namespace meshhost::test
