// SPDX-License-Identifier: Apache-2.0
#include "datagram_sim/link.hpp"

#include <algorithm>

namespace meshhost::sim {

namespace {

duration fraction_of(duration whole, double share) {
    return duration(static_cast<duration::rep>(static_cast<double>(whole.count()) * share));
}

}  // namespace

void link::send(bytes_view bytes, std::uint8_t ecn, time_point now) {
    // Drawn for every datagram, needed or not, so that one's fate leaves the others' alone.
    const bool lose = random_.chance(profile_.loss);
    const bool duplicate = random_.chance(profile_.duplication);
    const duration late = fraction_of(profile_.jitter, random_.unit());
    const duration later = fraction_of(profile_.jitter, random_.unit());

    ++counters_.offered;
    counters_.bytes_offered += bytes.size();
    if (lose || !profile_.up) {
        ++counters_.lost;
        return;
    }
    if (bytes.size() > profile_.mtu) {
        ++counters_.too_long;
        return;
    }
    time_point leaves = now;
    if (profile_.bytes_per_second > 0) {
        const double rate = static_cast<double>(profile_.bytes_per_second);
        const duration waits = std::max(free_at_ - now, duration{});
        const double queued = std::chrono::duration<double>(waits).count() * rate;
        if (queued + static_cast<double>(bytes.size())
            > static_cast<double>(profile_.queue_bytes_max)) {
            ++counters_.queue_full;
            return;
        }
        leaves = now + waits + fraction_of(1s, static_cast<double>(bytes.size()) / rate);
        free_at_ = leaves;
    }
    carry(bytes, ecn, leaves + profile_.delay + late);
    if (duplicate) {
        ++counters_.duplicated;
        carry(bytes, ecn, leaves + profile_.delay + later);
    }
}

void link::carry(bytes_view bytes, std::uint8_t ecn, time_point at) {
    under_way_.emplace(at, datagram{{bytes.begin(), bytes.end()}, ecn});
}

time_point link::next_arrival() const noexcept {
    return under_way_.empty() ? no_deadline : under_way_.begin()->first;
}

std::optional<datagram> link::receive(time_point now) {
    if (next_arrival() > now) return std::nullopt;
    datagram arrived = std::move(under_way_.begin()->second);
    under_way_.erase(under_way_.begin());
    return arrived;
}

}  // namespace meshhost::sim
