// SPDX-License-Identifier: Apache-2.0
// Our side of the interop tests of the gossip: transport and gossip, told what to do by
// gossip_test.py. With --prune-at-once it cuts a link at each message that comes twice, as
// iroh-gossip does.
#include "interop/gossip_console.hpp"

#include <boost/json/array.hpp>

#include <cstdio>
#include <random>
#include <string_view>

using namespace meshhost;
using namespace std::string_view_literals;

namespace {

/// Stops the shard when everybody was told.
class last_word final : public gossip::gossip_observer {
public:
    explicit last_word(net::shard& shard)
        : shard_(shard) {}
    void on_gossip_stopped() override { shard_.stop(); }

private:
    net::shard& shard_;
};

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
    net::shard shard;
    transport::endpoint_options options{
        .key = identity::secret_key::generate(),
        .bind = {ip_endpoint::loopback_v4(0)}};
    auto endpoint = transport::endpoint::bind(shard, std::move(options));
    if (!endpoint) {
        std::fprintf(stderr, "%s\n", endpoint.error().message.c_str());
        return static_cast<int>(endpoint.error().exit);
    }
    gossip::gossip_options settings;
    settings.seed = std::random_device()();
    settings.machines.broadcast.elects_shapers = argc < 2 || argv[1] != "--prune-at-once"sv;
    gossip::gossip_service service(shard, **endpoint, std::move(settings));
    service.start();
    announce(**endpoint);
    interop::gossip_console console(shard, service);
    shard.run();
    last_word observer(shard);
    service.async_stop(observer);
    shard.context().restart();
    shard.run();
    (*endpoint)->close(0, "leaving");
    return 0;
}
