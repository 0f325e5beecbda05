// SPDX-License-Identifier: Apache-2.0
#pragma once
// Every limit and timing of the peers room. The wire limits are settled with `mesh/digest/1`
// (docs/wire/digest.md); the rest are this host's own and may change.
#include "base/time.hpp"

#include <cstddef>
#include <cstdint>

namespace meshhost::peers::proto {

// --- on the wire ---

inline constexpr std::size_t record_size_max = 4096;     ///< a signed digest with its signature
inline constexpr std::size_t announced_size_max = 4032;  ///< of ours: fits a gossip message
inline constexpr std::size_t signature_size = 64;        ///< Ed25519, at its end
inline constexpr std::size_t body_size_max = record_size_max - signature_size;
inline constexpr std::size_t frame_payload_max = 4096;  ///< every frame type, known or not
inline constexpr std::size_t roles_max = 16;            ///< a node
inline constexpr std::size_t addresses_max = 16;        ///< a node
inline constexpr std::size_t contributions_max = 64;    ///< a node, all roles together
inline constexpr std::size_t neighbors_max = 64;        ///< in the gossip, of a node
inline constexpr std::size_t name_size_max = 64;        ///< bytes of a mesh's or node's name
inline constexpr std::size_t version_size_max = 32;     ///< bytes
inline constexpr std::size_t role_size_max = 32;        ///< bytes
inline constexpr std::size_t key_size_max = 32;         ///< bytes
inline constexpr std::size_t unit_size_max = 32;        ///< bytes
inline constexpr std::size_t value_size_max = 1024;     ///< bytes of a text or bytes value
inline constexpr std::size_t relay_size_max = 256;      ///< bytes of a relay's URL
inline constexpr auto uptime_max = std::chrono::hours(24 * 36525);  ///< a century: fits nanoseconds
inline constexpr std::uint64_t number_max = (std::uint64_t{1} << 53) - 1;  ///< of an incarnation or
                                                                           ///< a sequence: JSON has
                                                                           ///< no larger integers
inline constexpr std::chrono::seconds lease_max = std::chrono::hours(24);  ///< who is silent for
                                                                           ///< longer is not there

// --- tables ---

inline constexpr std::size_t links_per_peer_max = 2;    ///< while two dials cross; then one
inline constexpr std::size_t losses_max = 64;           ///< of our own that others are not told yet
inline constexpr std::size_t reporters_max = 16;        ///< of one peer's loss; two are enough
inline constexpr std::size_t known_addresses_max = 32;  ///< of one peer: told by us, it, the path

/// When a class of changes is told, see emission.
struct emission_rule {
    duration settle{};    ///< without another change of the class
    duration interval{};  ///< between two records for its sake in the long run
    int burst = 1;        ///< that may go before that holds
};

/// Sizes, timings and rates of the machines. Tests shorten them; the daemon uses the defaults.
struct config {
    std::size_t peers_max = 1024;         ///< entries of the registry
    std::size_t links_max = 2048;         ///< connections of this protocol, dials included
    std::size_t dials_in_flight_max = 8;  ///< a guess: what a home router's table likes

    duration redial_first = 250ms;  ///< after the first failure; doubles with each one more
    duration redial_cap = 30s;      ///< a host that comes back is seen within this

    duration record_gap = 100ms;  ///< between two records on a link: changes in it are merged
    duration record_fresh = 1s;   ///< a new link gets a record signed at most this long ago
    duration record_wait = 5s;    ///< a link without a record by then is closed
    duration heard_wait = 15s;    ///< a record not acknowledged by then: the peer is stuck
    duration leave_wait = 1s;     ///< what peers get to acknowledge that we leave

    duration record_interval = 4s;  ///< between records on a link in the long run, and how many
    int record_burst = 10;          ///< may go before that holds: below what receivers tolerate
    // When a change is told, below that: a link or the mesh may still make it wait. A change of
    // state and a contribution do not wait for others of their class.
    emission_rule address_changes{2s, 30s, 3};    ///< interfaces come and go together
    emission_rule capability_changes{1s, 4s, 5};  ///< plugins start together. A guess
    emission_rule neighbor_changes{2s, 30s, 3};   ///< views settle in seconds; for pictures, not
                                                  ///< for decisions. A guess
    emission_rule load_changes{{}, 30s, 3};       ///< classes have settled: see load_tracker
    duration resigned_gap = 2s;  ///< before the mesh hears a new number of what it knows already:
                                 ///< several may connect. A guess
    duration emit_interval{};    ///< not 0: the whole record with its meters goes by gossip this
                                 ///< often, whatever changed: for comparisons with that design
    std::size_t contribution_bytes_max = 256;  ///< encoded, of one role

    // What a host may say at most whose digest never rests: a record every record_interval on a
    // link and another by gossip, which need not be the same ones, and what contradicts reports.
    double records_taken_per_minute = 40;  ///< of one origin; more closes the link
    double records_taken_burst = 40;
    double metered_taken_per_second = 2.5;  ///< of an origin whose records have meters, by gossip:
                                            ///< twice a second and what comes between
    double metered_taken_burst = 40;
    double verifications_per_second = 200;  ///< signatures of what gossip brings, 60 us each; what
                                            ///< exceeds it is left to comparisons. A guess
    double verifications_burst = 2048;      ///< two registries: a mesh that starts at once
    duration refresh_interval = 15min;  ///< a record that did not change goes again, 20 % sooner or
                                        ///< later: who hears nothing of a node counts it as dead
    duration lease = 45min;  ///< after this: three of the above; unless a record says otherwise
    duration lease_check = 1min;  ///< at most between two looks at all leases
    duration lease_check_min = 1s;
    double lease_grace = 1.0 / 3;  ///< of a lease, overdue, before its node is believed dead

    // From the silence of a host to the belief of all: its links end within 5 s, then the hold, a
    // few hops, the grace: 6 s in all.
    duration loss_wait_min = 5s;        ///< before a single neighbour's word of a loss counts
    duration loss_wait_max = 30s;       ///< in large meshes, where others should have seen it, too
    std::size_t loss_reporters = 2;     ///< that make it certain
    duration loss_grace = 400ms;        ///< from the first report, for the lost one to contradict
    duration loss_hold = 200ms;         ///< before we say that we lost somebody: neighbours that go
                                        ///< within this go together. A guess
    duration loss_hold_refused = 50ms;  ///< likewise, when its host says that nobody is there
    duration cut_off_wait = 2s;         ///< before we believe that all are gone, and not we: what a
                                        ///< suspended host needs to be back. A guess
    duration orphan_wait = 5s;  ///< before a node is asked whose neighbours are all gone: in which
                                ///< one that is there finds others and says so. A guess
    double contradictions_per_second = 0.1;  ///< that go at once when we are said to be lost; more
    double contradictions_burst = 5;         ///< keep the pace of records
    duration lag_tolerated = 100ms;  ///< of our own timers: a busy machine, and no reason to doubt
    duration lag_unit = 250ms;       ///< over it, that every wait of ours grows by once its length
    duration lag_memory = 10s;       ///< in which that fades
    double patience_max = 8;         ///< times a wait; Lifeguard's
    duration asleep_after = 5s;      ///< late: this host was suspended, and heard nobody meanwhile

    std::size_t tombstones_max = 256;  ///< entries of peers that are gone and that nobody named
    duration tombstone_life = 24h;     ///< the longest partition that heals without a mistake

    duration sync_first = 1s;     ///< to the first comparison with a neighbour after a change: who
                                  ///< joins while others do may miss a record
    duration sync_second = 8s;    ///< to the next, at least: what is under way by gossip meanwhile
                                  ///< is no difference
    int sync_growth = 4;          ///< each wait is so many times the one before. A comparison costs
                                  ///< 4.5 kB, most of it the connection
    duration sync_last = 1024s;   ///< after a long time without a change: 17 min
    duration catch_up_wait = 2s;  ///< before one, when a record showed that we lack another
    std::size_t syncs_max = 16;   ///< comparisons at one time; a guess
    duration catch_up_gap = 5s;   ///< between comparisons because a delta's base is missing:
                                  ///< anybody can pretend to have sent one
    int catch_up_rounds = 4;      ///< of those, for one delta: the neighbour that was asked may
                                  ///< lack the base as well. A guess
    std::size_t shelved_max = 64;  ///< deltas whose base may still come; a guess

    duration load_memory = 10s;  ///< of the average that load classes are drawn from: a job of a
                                 ///< few seconds is no load yet. A guess
    duration load_dwell = 5s;    ///< in a class before the next: what a reader can act on

    double frames_taken_per_second = 20;  ///< of any type, on one link; more closes it
    double frames_taken_burst = 100;
};

}  // namespace meshhost::peers::proto
