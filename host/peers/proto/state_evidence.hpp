// SPDX-License-Identifier: Apache-2.0
#pragma once
// Why a peer is shown in its state. Kept as facts and not as a sentence: "6 s ago" would be wrong
// a second later, so the words are made when somebody asks.
#include "base/time.hpp"
#include "identity/endpoint_id.hpp"

#include <string>
#include <vector>

namespace meshhost::peers::proto {

/// Somebody who lost a peer, or believes that it is gone.
struct witness {
    identity::endpoint_id id;
    std::string name;          ///< as it was known then: a node's name, or the start of its id
    bool is_neighbor = false;  ///< the peer's digest names it as a neighbour
    bool is_us = false;

    friend bool operator==(const witness&, const witness&) = default;
};

struct state_evidence {
    enum class basis : std::uint8_t {
        words,    ///< what it says itself, or how a connection or a dial ended
        reports,  ///< the witnesses lost it
        hearsay,  ///< the witness believes that it is gone, and lost nothing itself
        lease,    ///< no record in time
    };

    basis what = basis::words;
    std::string words;               ///< the sentence; of `reports`: how our own connection ended
    std::vector<witness> witnesses;  ///< each once
    std::size_t neighbors = 0;       ///< how many the peer's digest names; 0: it does not say
    time_point at{};                 ///< the latest of it; of a lease: when it was last heard

    /// Evidence that stays as it is.
    static state_evidence of(std::string words);

    friend bool operator==(const state_evidence&, const state_evidence&) = default;
};

/// "2 of 4 neighbours lost it 6 s ago: this host (idle for 5 s), web-02".
std::string evidence_text(const state_evidence& evidence, time_point now);

}  // namespace meshhost::peers::proto
