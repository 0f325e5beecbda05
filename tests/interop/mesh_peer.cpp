// SPDX-License-Identifier: Apache-2.0
// The meshhost side of the interop tests: the transport alone, told what to do by peers.py.
#include "interop/console.hpp"
#include "net/tls_context.hpp"
#include "ping/ping_handler.hpp"

#include <boost/json/array.hpp>

#include <cstdio>

#include <CLI/CLI.hpp>

using namespace meshhost;

namespace {

struct arguments {
    std::vector<std::string> alpns;
    std::vector<std::string> bind{"127.0.0.1:0"};
    std::string seed;
    int idle_ms = 30'000;
    int keep_alive_ms = 5'000;
    std::size_t half_open_max = 64;
    std::string relay;
    std::string authority;
};

/// Says who connects, and leaves the rest to the protocol's own handler.
class announcing_handler final : public transport::protocol_handler {
public:
    explicit announcing_handler(std::shared_ptr<transport::protocol_handler> inner)
        : inner_(std::move(inner)) {}

    void on_connection(std::shared_ptr<transport::connection> incoming) override {
        interop::say(
            {{"event", "accepted"},
             {"id", incoming->remote_id().to_hex()},
             {"alpn", incoming->alpn()},
             {"handshake", quic::to_string(incoming->handshake())}}
        );
        inner_->on_connection(std::move(incoming));
    }
    bool is_replay_safe() const noexcept override { return inner_->is_replay_safe(); }

private:
    std::shared_ptr<transport::protocol_handler> inner_;
};

transport::endpoint_options options_of(const arguments& given, net::tls_client_context* authority) {
    transport::endpoint_options options{
        .key = given.seed.empty() ? identity::secret_key::generate()
                                  : identity::secret_key::from_seed(*from_hex(given.seed)),
        .bind = {},
        .idle_timeout = std::chrono::milliseconds(given.idle_ms),
        .keep_alive = std::chrono::milliseconds(given.keep_alive_ms),
        .half_open_max = given.half_open_max,
        .relay_tls = authority,
    };
    if (!given.relay.empty()) {
        options.relays.push_back(given.relay);
        options.relay_only = true;
    }
    for (const std::string& address : given.bind)
        options.bind.push_back(ip_endpoint::parse(address).value());
    return options;
}

void announce(const transport::endpoint& endpoint) {
    boost::json::array sockets;
    for (const ip_endpoint& bound : endpoint.bound())
        sockets.emplace_back(bound.to_string());
    interop::say(
        {{"event", "ready"}, {"id", endpoint.id().to_hex()}, {"sockets", std::move(sockets)}}
    );
}

}  // namespace

int main(int argc, char** argv) {
    arguments given;
    CLI::App app("a meshhost endpoint for the interop tests");
    app.add_option("--alpn", given.alpns, "a protocol to serve as an echo; may be repeated");
    app.add_option("--bind", given.bind, "an address to listen on; may be repeated");
    app.add_option("--seed", given.seed, "the key's seed in hex");
    app.add_option("--idle-ms", given.idle_ms, "idle timeout, milliseconds");
    app.add_option("--keep-alive-ms", given.keep_alive_ms, "keep-alive interval, milliseconds");
    app.add_option("--half-open-max", given.half_open_max, "handshakes that need no Retry");
    app.add_option("--relay", given.relay, "a relay, by which alone it speaks");
    app.add_option("--authority", given.authority, "who alone vouches for the relay: a file");
    CLI11_PARSE(app, argc, argv);

    std::unique_ptr<net::tls_client_context> authority;
    if (!given.authority.empty()) {
        auto made =
            net::tls_client_context::make({.system = false, .authorities = {given.authority}});
        if (!made) return static_cast<int>(made.error().exit);
        authority = std::move(*made);
    }
    net::shard shard;
    auto endpoint = transport::endpoint::bind(shard, options_of(given, authority.get()));
    if (!endpoint) {
        std::fprintf(stderr, "%s\n", endpoint.error().message.c_str());
        return static_cast<int>(endpoint.error().exit);
    }
    const auto ping = std::make_shared<ping::ping_handler>();
    for (const std::string& alpn : given.alpns)
        (*endpoint)->router().add(alpn, std::make_shared<announcing_handler>(ping));
    announce(**endpoint);
    interop::console console(shard, **endpoint);
    shard.run();
    (*endpoint)->close(0, "leaving");
    return 0;
}
