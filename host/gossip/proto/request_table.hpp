// SPDX-License-Identifier: Apache-2.0
#pragma once
// The Neighbor messages that we sent and that may be answered. Two peers that both answered every
// Neighbor would do so for ever; whoever is in here has been written to and gets no reply.
//
// A *request* asks for an answer and counts as half a neighbour. A *reply* asks for nothing: it
// only keeps us from replying again. iroh-gossip has one set for both, which makes it believe
// that its view is full (config: counts_replies).
#include "base/time.hpp"
#include "identity/endpoint_id.hpp"

#include <optional>
#include <vector>

namespace meshhost::gossip::proto {

struct neighbor_request {
    identity::endpoint_id peer;
    time_point deadline = no_deadline;
    bool is_heal = false;  ///< of a probe
};

/// Holds `size_max` requests and as many replies; the oldest reply makes room.
class request_table {
public:
    explicit request_table(std::size_t size_max)
        : size_max_(size_max) {}

    bool has_request(const identity::endpoint_id& peer) const noexcept;
    bool contains(const identity::endpoint_id& peer) const noexcept;
    bool is_full() const noexcept { return requests_.size() >= size_max_; }
    std::size_t requests() const noexcept { return requests_.size(); }
    std::size_t replies() const noexcept { return replies_.size(); }

    /// Precondition: not full, and the peer is not in it.
    void ask(const neighbor_request& request) { requests_.push_back(request); }
    void reply(const identity::endpoint_id& peer);

    /// Both kinds; the request, if there was one.
    std::optional<neighbor_request> take(const identity::endpoint_id& peer) noexcept;
    bool take_reply(const identity::endpoint_id& peer) noexcept;

    /// The link of a request came up: from now on it may take `deadline`.
    void set_deadline(const identity::endpoint_id& peer, time_point deadline) noexcept;
    time_point next_deadline() const noexcept;
    std::optional<neighbor_request> take_any() noexcept;
    std::optional<neighbor_request> take_expired(time_point now) noexcept;

private:
    std::size_t size_max_;
    std::vector<neighbor_request> requests_;
    std::vector<identity::endpoint_id> replies_;
};

}  // namespace meshhost::gossip::proto
