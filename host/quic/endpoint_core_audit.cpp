// SPDX-License-Identifier: Apache-2.0
// How full the tables are, and what must hold between them.
#include "base/assert.hpp"
#include "quic/endpoint_core.hpp"

#include <algorithm>
#include <numeric>

namespace meshhost::quic {

core_tables endpoint_core::measure() const {
    core_tables tables{
        .connections = slots_.size() + closing_.size(),
        .half_open = half_open_,
        .timers = static_cast<std::size_t>(std::count_if(
            timers_.begin(),
            timers_.end(),
            [](const timer& one) { return one.at != no_deadline; }
        )),
        .connection_ids = ids_.size() + closing_.ids(),
        .tickets = cache_.tickets(),
        .tokens = cache_.tokens(),
        .closing = closing_.size(),
        .objects = objects_,
    };
    for (const slot& one : slots_) {
        tables.streams += one.connection->streams();
        tables.send_bytes += one.connection->send_bytes();
        tables.tls_sessions += one.connection->holds_tls() ? 1 : 0;
    }
    return tables;
}

std::vector<invariant> endpoint_core::invariants(time_point due) const {
    std::uint64_t ids = 0;
    std::uint64_t half_open = 0;
    std::uint64_t accepted = 0;
    std::uint64_t tokens = 0;
    std::uint64_t streams = 0;
    std::uint64_t misplaced = 0;
    std::uint64_t served = 0;
    for (const slot& one : slots_) {
        const quic_connection& connection = *one.connection;
        ids += connection.issued_ids().size() + connection.book.first_ids.size();
        half_open += connection.book.half_open ? 1 : 0;
        accepted += connection.book.counted_for_peer ? 1 : 0;
        tokens += connection.book.reset_tokens.size();
        streams += connection.streams();
        served += connection.is_client() ? 0 : 1;
        misplaced += slots_[connection.book.slot].connection.get() == &connection ? 0 : 1;
    }
    std::uint64_t counted = 0;
    std::uint64_t most = 0;
    for (const auto& [peer, count] : accepted_per_peer_) {
        counted += count;
        most = std::max<std::uint64_t>(most, count);
    }
    const auto causes = std::accumulate(
        counters_.closed_by_cause.begin(),
        counters_.closed_by_cause.end(),
        std::uint64_t{0}
    );
    const std::uint64_t alive = slots_.size();
    const bool is_closing_late = closing_.next_deadline() < due;
    const auto& limits = options_.transport;
    return {
        {"connections.counted",
         "opened less closed is alive",
         counters_.opened - counters_.closed,
         alive},
        {"connections.objects",
         "an object of ngtcp2 for each connection alive",
         alive,
         objects_.connections},
        {"connections.causes", "each end has a cause", counters_.closed, causes},
        {"connections.slots", "connections are where they say", 0, misplaced},
        {"connections.ids", "every connection id has one owner", ids, ids_.size()},
        {"connections.tokens", "every reset token has one owner", tokens, reset_tokens_.size()},
        {"connections.timers", "one timer a connection", alive, timers_.size()},
        {"connections.half_open", "half-open connections are counted once", half_open, half_open_},
        {"connections.accepted", "connections are counted for their peers", accepted, counted},
        within("connections.per_peer", "one peer's share", most, limits.connections_per_peer_max),
        within("connections.limit", "connections to us", served, limits.connections_max),
        within("connections.half_open_limit", "handshakes", half_open_, limits.half_open_hard_max),
        {"connections.gone",
         "ids of ended connections are let go of",
         0,
         is_closing_late ? 1u : 0u},
        within(
            "ids.retired",
            "ids that connections have given up of late",
            retired_.size(),
            retired_.entries_max
        ),
        within("connections.closing", "ended connections", closing_.size(), closing_.entries_max),
        within("connections.tickets", "tickets", cache_.tickets(), cache_.entries_max),
        within("connections.address_tokens", "tokens", cache_.tokens(), cache_.entries_max),
        {"streams.counted",
         "opened less closed is alive",
         objects_.streams_opened - objects_.streams_closed,
         streams}};
}

void endpoint_core::check_invariants() const {
    for (const invariant& each : invariants(time_point::min()))
        MH_ASSERT(each.holds(), each.words.data());
}

}  // namespace meshhost::quic
