// SPDX-License-Identifier: Apache-2.0
#include "sim/link_model.hpp"

#include <algorithm>
#include <cmath>

namespace meshhost::sim {
namespace {

constexpr std::size_t packet_payload = 1'200;  // bytes of a frame in one QUIC packet
constexpr duration max_ack_delay = 25ms;       // RFC 9000 §18.2, the default
constexpr int flights_of_handshake = 3;
constexpr int repeats_max = 6;  // by then the idle timeout is near

duration scaled(duration whole, double part) {
    return duration(static_cast<duration::rep>(static_cast<double>(whole.count()) * part));
}

}  // namespace

link_model::link_model(const link_settings& settings, std::uint64_t seed)
    : settings_(settings)
    , loss_(settings.loss)
    , latency_(seed, purpose::latency)
    , jitter_(seed, purpose::jitter)
    , loss_draw_(seed, purpose::loss)
    , handshake_(seed, purpose::handshake)
    , pairs_(seed, purpose::pairs) {}

duration link_model::latency(node_index a, node_index b) const noexcept {
    const double part = latency_.unit(std::min(a, b), std::max(a, b));
    return settings_.latency_min + scaled(settings_.latency_max - settings_.latency_min, part);
}

bool link_model::is_blocked(node_index from, node_index to) const noexcept {
    return std::any_of(cuts_.begin(), cuts_.end(), [&](const cut& one) {
        switch (one.how) {
        case cut::shape::halves:
            return one.side[from] != one.side[to];
        case cut::shape::one_way_halves:
            return one.side[from] && !one.side[to];
        case cut::shape::one_way_pairs:
            break;
        }
        const std::uint64_t low = std::min(from, to);
        const std::uint64_t high = std::max(from, to);
        const bool is_upward = from < to;
        return pairs_.unit(low, high) < one.fraction && (pairs_.bits(high, low) & 1) == is_upward;
    });
}

void link_model::remove_cut(std::uint32_t id) {
    const auto is_it = [id](const cut& one) { return one.id == id; };
    cuts_.erase(std::remove_if(cuts_.begin(), cuts_.end(), is_it), cuts_.end());
}

duration link_model::delay(node_index from, node_index to, std::size_t bytes) noexcept {
    duration added{};
    if (settings_.jitter > 0s) added += scaled(settings_.jitter, jitter_.unit(++packets_));
    if (loss_ <= 0) return added;
    const std::size_t packets = (bytes + packet_payload - 1) / packet_payload;
    const double frame_loss = 1 - std::pow(1 - loss_, static_cast<double>(packets));
    duration probe_timeout = round_trip(from, to) * 3 / 2 + max_ack_delay;
    for (int repeat = 0; repeat < repeats_max; ++repeat) {
        if (loss_draw_.unit(++packets_) >= frame_loss) break;
        added += probe_timeout;
        probe_timeout *= 2;
    }
    return added;
}

bool link_model::handshake_succeeds(node_index from, node_index to) noexcept {
    if (is_blocked(from, to) || is_blocked(to, from)) return false;
    if (loss_ <= 0) return true;
    return handshake_.unit(++packets_) < std::pow(1 - loss_, flights_of_handshake);
}

}  // namespace meshhost::sim
