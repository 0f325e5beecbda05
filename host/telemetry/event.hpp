// SPDX-License-Identifier: Apache-2.0
#pragma once
// Something that happened on this host or that it saw of another, as a person wants to read it.
#include <array>
#include <chrono>
#include <cstdint>
#include <string>

namespace meshhost::telemetry {

/// Settled once shipped: values are appended; see to_string().
enum class event_type : std::uint8_t {
    peer_state,    ///< what a peer is, or why
    peer_path,     ///< how it is reached
    plugin_state,  ///< of an instance of this host
    self_state,    ///< what this host says of itself
    neighbor_up,   ///< in the gossip
    neighbor_down,
    gossip_lagged,  ///< some of what was said did not arrive
    audit_discrepancy,
    lab_fault,  ///< somebody injected one
};

inline constexpr std::array all_event_types{
    event_type::peer_state,
    event_type::peer_path,
    event_type::plugin_state,
    event_type::self_state,
    event_type::neighbor_up,
    event_type::neighbor_down,
    event_type::gossip_lagged,
    event_type::audit_discrepancy,
    event_type::lab_fault};

/// "peer.state", ...
const char* to_string(event_type type) noexcept;

struct event {
    std::uint64_t sequence = 0;      ///< from 1, without gaps
    std::chrono::milliseconds at{};  ///< since the Unix epoch
    event_type type = event_type::peer_state;
    std::string peer;  ///< 64 hex digits; empty: it is of this host alone
    std::string name;  ///< the peer's, or the instance's; empty when there is none
    std::string from;  ///< what it was; may be empty
    std::string to;
    std::string reason;  ///< in words; may be empty
};

}  // namespace meshhost::telemetry
