// SPDX-License-Identifier: Apache-2.0
#include "loopback_host.hpp"

#include "support/catch.hpp"

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>

namespace meshhost::test {

identity::secret_key loopback_key(std::uint8_t seed) {
    std::array<std::uint8_t, identity::secret_key::seed_size> bytes{};
    bytes.fill(seed);
    return identity::secret_key::from_seed(bytes);
}

loopback_host::loopback_host(net::shard& shard, const loopback_options& options) {
    transport::endpoint_options transport_options{
        .key = loopback_key(options.seed),
        .bind = {ip_endpoint::loopback_v4(options.port)},
        .idle_timeout = idle_timeout,
        .keep_alive = 300ms,
        .handshake_timeout = 1s};
    endpoint = transport::endpoint::bind(shard, std::move(transport_options)).value();
    peers::peers_options peer_options{
        .key = loopback_key(options.seed),
        .incarnation = options.incarnation,
        .seed = options.seed,
        .idle_timeout = idle_timeout,
        .limits = {},
        .log = {}};
    peer_options.limits.redial_first = 20ms;
    peer_options.limits.redial_cap = 100ms;
    if (options.hears_gossip) {
        gossip::gossip_options gossip_options;
        gossip_options.seed = options.seed;
        gossip = std::make_unique<gossip::gossip_service>(shard, *endpoint, gossip_options);
        gossip->start();
        peer_options.gossip = gossip.get();
    }
    service = std::make_unique<peers::peers_service>(shard, *endpoint, std::move(peer_options));
    service->add_observer(*this);
    peers::proto::self_description what;
    what.mesh = "lab";
    what.name = "host-" + std::to_string(options.seed);
    what.version = "1.0";
    what.roles = {"compute"};
    what.addresses = {endpoint->bound().front()};
    if (service->set_self(what)) throw std::logic_error("the description is not well-formed");
    service->set_state(peers::proto::node_state::alive);
    for (const auto& peer : options.named)
        if (!service->name_peer(peer)) throw std::logic_error("there is no room for the peer");
    service->start();
}

void loopback_host::on_peer_changed(const peers::peer_view& peer) {
    if (evidence.empty() || evidence.back() != peer.evidence) evidence.push_back(peer.evidence);
}

std::string loopback_host::sees(const identity::endpoint_id& peer) const {
    const auto view = service->find(peer);
    return view ? to_string(view->entry.state) : "unknown";
}

void loopback_host::contribute(std::int64_t value) {
    if (service->set_contribution({"compute", "queued", "", value}))
        throw std::logic_error("the contribution is not well-formed");
}

std::int64_t loopback_host::contribution(const identity::endpoint_id& peer) const {
    const auto view = service->find(peer);
    if (!view || !view->entry.digest || view->entry.digest->contributions.empty()) return -1;
    return std::get<std::int64_t>(view->entry.digest->contributions.front().value);
}

namespace {

/// Never returns. Says its port on `out`, then serves.
[[noreturn]] void run_child(
    const loopback_options& options,
    const identity::endpoint_addr* peer,
    int out
) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    net::shard shard;
    loopback_host host(shard, options);
    host.contribute(options.seed);
    if (peer != nullptr) host.service->name_peer(*peer);
    const std::uint16_t port = host.port();
    if (::write(out, &port, sizeof port) != sizeof port) ::_exit(1);
    shard.run();
    ::_exit(0);
}

}  // namespace

child_host::child_host(const loopback_options& options, const identity::endpoint_addr* peer) {
    std::array<int, 2> ends{};
    REQUIRE(::pipe(ends.data()) == 0);
    pid_ = ::fork();
    REQUIRE(pid_ >= 0);
    if (pid_ == 0) run_child(options, peer, ends[1]);
    ::close(ends[1]);
    std::uint16_t port = 0;
    const bool is_told = ::read(ends[0], &port, sizeof port) == sizeof port;
    ::close(ends[0]);
    REQUIRE(is_told);
    address_ = {loopback_key(options.seed).id(), {}, {ip_endpoint::loopback_v4(port)}};
}

void child_host::kill() {
    if (pid_ < 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = -1;
}

}  // namespace meshhost::test
