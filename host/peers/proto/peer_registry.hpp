// SPDX-License-Identifier: Apache-2.0
#pragma once
// Who is there: the newest record of every peer, and what this host concludes about it. Told of
// records and connections by its user; keeps no connection and no clock.
#include "base/time.hpp"
#include "base/token_bucket.hpp"
#include "identity/endpoint_id.hpp"
#include "peers/proto/config.hpp"
#include "peers/proto/node_digest.hpp"
#include "peers/proto/state_evidence.hpp"

#include <map>
#include <optional>
#include <string>

namespace meshhost::peers::proto {

/// What an observer says of a peer. The middle five are the peer's own words.
enum class peer_state : std::uint8_t {
    connecting,  ///< named by the operator, not heard of yet
    joining,
    alive,
    degraded,
    draining,
    left,   ///< it said so; not `dead`
    stale,  ///< somebody lost it or missed it: not believed dead yet, and what it said last counts
    dead,   ///< unreachable: its last connection was lost, or no dial reached it
    refused,  ///< reachable, and not one of ours
};

const char* to_string(peer_state state) noexcept;

struct peer_entry {
    identity::endpoint_id id;
    bool named = false;      ///< by the operator: never evicted
    bool connected = false;  ///< by at least one connection
    peer_state state = peer_state::connecting;
    time_point since{};                       ///< of the state; of a restart, when it came back
    state_evidence evidence;                  ///< for the state
    std::optional<digest_version> lost_with;  ///< while stale or dead by others' word: only a newer
                                              ///< record refutes it
    std::optional<time_point> last_heard;     ///< its last record or acknowledgement
    std::optional<node_digest> digest;        ///< the newest
    byte_buffer record;                       ///< which `digest` was read from
    time_point up_since{};                    ///< its start on our clock: see peer_registry::offer

    /// How long the peer is up; nullopt when it is not, or has not said.
    std::optional<duration> uptime(time_point now) const;
};

struct registry_change {
    enum class extent : std::uint8_t {
        content,    ///< what it says of itself
        state,      ///< what it is, or why
        forgotten,  ///< evicted to make room
    };

    identity::endpoint_id peer;
    extent what = extent::content;
};

/// The peer is no more, as far as one knows: left, dead or refused.
bool is_gone(peer_state state) noexcept;

/// What happened to entries, since the start.
struct registry_counts {
    std::uint64_t conflicts = 0;     ///< two digests of one origin with one number
    std::uint64_t evictions = 0;     ///< to make room
    std::uint64_t expiries = 0;      ///< of tombstones
    std::uint64_t deaths = 0;        ///< of peers that were there
    std::uint64_t false_alarms = 0;  ///< dead ones that were back without a restart
};

/// At most config::peers_max entries. When full, a newcomer takes the place of the peer that has
/// been dead, refused or gone for longest; named and connected ones are never evicted, nor are
/// those that others vouch for. Of those that are gone and unnamed, tombstones, at most
/// config::tombstones_max are kept for config::tombstone_life.
class peer_registry {
public:
    explicit peer_registry(const config& options);

    /// Adds a peer that the operator named. False: full of others that cannot be evicted.
    bool name(const identity::endpoint_id& peer, time_point now);
    /// From now on it is one of those that were merely heard of.
    void unname(const identity::endpoint_id& peer);

    enum class verdict {
        newest,       ///< taken
        known,        ///< the one we have
        older,        ///< of this incarnation, and late
        outlived,     ///< of an incarnation before the one we know
        conflicting,  ///< another digest of the same number: the first is kept
        no_room,      ///< an unknown origin, and the table is full
    };

    /// How a record came.
    enum class source : std::uint8_t {
        link,  ///< from its origin
        mesh,  ///< by gossip or from somebody else: says nothing of whether the origin is still up
    };

    /// A verified digest, with the record that it was read from. A known one brings a peer that
    /// was gone back when its origin sent it, not when others did; nor does one that those knew
    /// who lost it.
    ///
    /// Uptime: the origin's clock is not trusted to be right, only to run. It says how long it
    /// had been up when it signed; the start that follows from that is too late by as long as
    /// the record was under way, so that the earliest one of an incarnation is kept.
    verdict offer(const node_digest& digest, bytes_view record, source how, time_point now);

    /// False: this origin sends more records than allowed. Records that we have are free.
    /// `is_metered`: it says itself that it sends them on a clock; they are counted apart.
    bool take_token(const identity::endpoint_id& peer, time_point now, bool is_metered = false);

    /// It acknowledged something: it lives.
    void heard(const identity::endpoint_id& peer, time_point now);

    void connected(const identity::endpoint_id& peer);
    /// We are connected to it again, `words` says how: one that was counted as stale or dead is
    /// what it last said.
    void met(const identity::endpoint_id& peer, const std::string& words, time_point now);
    /// Its last connection ended, and what follows is not known yet.
    void disconnected(const identity::endpoint_id& peer);
    /// There is reason to doubt that it lives: stale, unless it is gone. `version`: the newest of
    /// its records that whoever doubts has.
    void suspect(
        const identity::endpoint_id& peer,
        const state_evidence& evidence,
        const std::optional<digest_version>& version,
        time_point now
    );
    /// The reason was none: a stale one is what it last said.
    void clear(const identity::endpoint_id& peer, const std::string& words, time_point now);
    /// Its last connection ended, or a dial failed, and `state` follows: left, dead or refused.
    /// What the peer said itself stands: one that left is not called dead.
    void unreachable(
        const identity::endpoint_id& peer,
        peer_state state,
        const std::string& words,
        time_point now
    );
    /// Believed by the word of others.
    void bury(
        const identity::endpoint_id& peer,
        const state_evidence& evidence,
        const digest_version& version,
        time_point now
    );

    /// Forgets tombstones that are too old, or too many.
    void expire(time_point now);

    const peer_entry* find(const identity::endpoint_id& peer) const;

    /// Calls `visit` with every entry, in the order of their ids.
    template <class Visit>
    void for_each(Visit visit) const {
        for (const auto& [id, held] : rows_)
            visit(held.entry);
    }

    std::size_t size() const noexcept { return rows_.size(); }
    const registry_counts& counts() const noexcept { return counts_; }
    /// Gone, and only remembered.
    std::size_t tombstones() const;

    /// What changed since the last call, each peer once; drain until nullopt.
    std::optional<registry_change> poll_change();

    void check_invariants() const;

private:
    struct row {
        peer_entry entry;
        token_bucket records;
        token_bucket metered;
    };
    using row_map = std::map<identity::endpoint_id, row>;

    row* add(const identity::endpoint_id& peer, time_point now);
    bool make_room();
    void accept(
        peer_entry& entry,
        const node_digest& digest,
        bytes_view record,
        source how,
        time_point now
    );
    void conclude(
        peer_entry& entry,
        peer_state state,
        const state_evidence& evidence,
        time_point now
    );
    void enter(peer_entry& entry, peer_state state, const state_evidence& why, time_point now);
    void revive(peer_entry& entry, const std::string& words, time_point now);
    void forget(row_map::iterator which);
    void mark(const identity::endpoint_id& peer, registry_change::extent what);

    config options_;
    row_map rows_;
    std::map<identity::endpoint_id, registry_change::extent> changes_;
    registry_counts counts_;
};

}  // namespace meshhost::peers::proto
