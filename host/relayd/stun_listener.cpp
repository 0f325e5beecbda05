// SPDX-License-Identifier: Apache-2.0
#include "relayd/stun_listener.hpp"

#include "net/readable_watch.hpp"
#include "net/udp_socket.hpp"

#include <algorithm>

namespace meshhost::relayd {

/// A socket and its watch.
class stun_listener::binding final : private net::receive_sink, private net::readable_sink {
public:
    binding(stun_listener& owner, net::udp_socket socket)
        : owner_(owner)
        , socket_(std::move(socket))
        , watch_(owner.shard_, socket_.native_handle(), *this) {}

    result<void> start() { return watch_.start(); }
    const ip_endpoint& local() const noexcept { return socket_.local(); }

private:
    bool on_readable() override {
        const bool is_drained = socket_.receive(*this);
        // That somebody is not there any more, or never was, is no matter of ours.
        if (socket_.has_errors()) (void)socket_.take_refused();
        return is_drained && !socket_.has_errors();
    }

    void on_datagrams(const net::received_datagrams& batch) override {
        const time_point now = owner_.shard_.now();
        const bool is_wildcard = socket_.local().is_unspecified();
        for (std::size_t at = 0; at < batch.data.size(); at += batch.segment_size) {
            const auto size = std::min(batch.segment_size, batch.data.size() - at);
            const auto asked = bytes_view(batch.data).subspan(at, size);
            const auto answer = owner_.machine_.handle(asked, batch.from, now);
            if (!answer) continue;
            const auto* const from = is_wildcard ? &batch.to : nullptr;
            (void)socket_.send({batch.from, *answer, answer->size(), net::ecn_mark::not_ect, from});
        }
    }

    stun_listener& owner_;
    net::udp_socket socket_;
    net::readable_watch watch_;
};

stun_listener::stun_listener(net::shard& shard, std::uint64_t seed)
    : shard_(shard)
    , machine_(seed) {}

stun_listener::~stun_listener() = default;

outcome<void> stun_listener::bind(const ip_endpoint& where) {
    // A datagram is small, and what waits too long is of no use.
    constexpr std::size_t buffer_bytes = 256u << 10;
    auto socket = net::udp_socket::bind(where, {false, buffer_bytes});
    if (!socket) return socket.error();
    auto made = std::make_unique<binding>(*this, std::move(*socket));
    if (const auto started = made->start(); !started)
        return failure{exit_code::failure, "E_BIND", started.error().message(), ""};
    bindings_.push_back(std::move(made));
    return {};
}

outcome<std::unique_ptr<stun_listener>> stun_listener::listen(
    net::shard& shard,
    const ip_endpoint& where,
    std::uint64_t seed
) {
    std::unique_ptr<stun_listener> made(new stun_listener(shard, seed));
    if (const auto bound = made->bind(where); !bound) return bound.error();
    const bool is_everywhere = !where.is_v4() && where.is_unspecified();
    if (!is_everywhere) return made;
    const auto bound = made->bind(ip_endpoint::v4({0, 0, 0, 0}, made->bound().port));
    if (!bound && bound.error().code != "E_NO_ADDRESS_FAMILY") return bound.error();
    return made;
}

ip_endpoint stun_listener::bound() const {
    return bindings_.front()->local();
}

std::vector<telemetry::metric> stun_metrics(const stun_listener& listener) {
    const auto& counts = listener.counts();
    std::vector<telemetry::metric> out;
    const auto add = [&](const char* name, const char* what, std::uint64_t value) {
        telemetry::metric made;
        made.name = name;
        made.description = what;
        made.kind = telemetry::metric_kind::counter;
        made.points.push_back({.attributes = {}, .value = static_cast<double>(value), .buckets = {}}
        );
        out.push_back(std::move(made));
    };
    add("relayserver.stun_requests", "STUN Binding requests", counts.requests);
    add("relayserver.stun_answered", "Of these, answered", counts.answered);
    add("relayserver.stun_refused", "Of these, wanting what there is not", counts.refused);
    add("relayserver.stun_limited", "Of these, too many", counts.limited);
    add("relayserver.stun_malformed", "Datagrams that are none", counts.malformed);
    return out;
}

}  // namespace meshhost::relayd
