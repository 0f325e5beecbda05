// SPDX-License-Identifier: Apache-2.0
#pragma once
// What this node says of itself: the digest as it is put together, and the record made of it.
#include "identity/secret_key.hpp"
#include "peers/proto/config.hpp"
#include "peers/proto/digest_delta.hpp"
#include "peers/proto/emission.hpp"

#include <bitset>
#include <optional>
#include <string_view>

namespace meshhost::peers::proto {

/// What the composition root knows of this node; roles add contributions.
struct self_description {
    std::string mesh;
    std::string name;
    std::string version;
    std::vector<std::string> roles;
    std::vector<ip_endpoint> addresses;
    node_tier tier = node_tier::edge;
    node_budget budget{};
    std::uint64_t capabilities = 0;  ///< bits
    std::string home_relay{};        ///< URL, or empty
};

/// A machine's part: the single writer of one origin's digests. A change is signed when it is due
/// and somebody is about to get it, so that many changes in a row cost one signature and one
/// number.
class self_record {
public:
    /// `incarnation` must be larger than that of the last start: Unix milliseconds, usually. When
    /// it is not, peers send our last digest back and overrule() repairs it.
    self_record(
        identity::secret_key key,
        std::uint64_t incarnation,
        time_point started,
        const config& options = {}
    );

    /// Each leaves the digest as it was when the outcome would not fit announced_size_max or be
    /// well-formed.
    /// Errors: those of encode_digest; role_too_large.
    error_code describe(const self_description& what);
    error_code set_contribution(const contribution& item);
    error_code clear_contribution(std::string_view role, std::string_view key);
    void set_state(node_state state);
    // For what follows there is always room.
    /// Precondition: it is what load_tracker gives.
    void set_load(load_class load);
    /// Our neighbours in the gossip, in any order. More than neighbors_max are not told.
    void set_neighbors(const std::vector<identity::endpoint_id>& neighbors);
    /// Goes with the next record that goes for another reason. Nothing happens unless we emit on a
    /// clock.
    void set_meters(const node_meters& meters);

    /// Makes the next record a newer one though nothing has changed: somebody doubts this one.
    void assert_anew() { mark_changed(change_class::doubt); }

    /// What changed since the last call changed now, as far as settling goes.
    void observe(time_point now);
    /// From when on what changed should be signed; nullopt: nothing did. Changes that were not
    /// observed are due at once.
    std::optional<time_point> due() const;

    /// What peers get from now on. `incarnation`, `sequence` and `uptime` are the last signing's.
    const node_digest& digest() const noexcept { return digest_; }

    /// The record of the digest as it is now; signs it if it changed since the last time.
    const byte_buffer& sign(time_point now);
    /// Signs what is due; otherwise the record that was signed last.
    const byte_buffer& sign_due(time_point now);
    /// As sign(), and signs anew what was signed longer than `age` ago: a peer that is new here
    /// takes our uptime from the record.
    const byte_buffer& sign_fresh(time_point now, duration age);

    /// The record that was signed last; empty before the first.
    const byte_buffer& record() const noexcept { return record_; }
    time_point signed_at() const noexcept { return signed_at_; }

    /// The last record went to everybody, whole: deltas are of it from now on.
    void rebase();
    /// The last record for those who have that one, or any since. nullopt: none of this incarnation
    /// went whole.
    std::optional<byte_buffer> delta() const;

    /// Raised by every change, signed or not.
    std::uint64_t revision() const noexcept { return revision_; }
    /// That of the last record.
    std::uint64_t signed_revision() const noexcept { return signed_revision_; }
    /// There are changes that no record has yet.
    bool is_changed() const noexcept { return changed_; }

    /// Peers hold `version` of us and would drop ours as older: number the next ones above it.
    /// False: it is not newer, or there is no number above it.
    bool overrule(const digest_version& version);

private:
    error_code replace(node_digest candidate);
    error_code check_role(const node_digest& candidate, const contribution& item) const;
    void mark_changed(change_class what);
    void renew(time_point now);

    identity::secret_key key_;
    time_point started_;
    config options_;
    emission emission_;
    std::bitset<change_classes> unobserved_;
    node_digest digest_;
    byte_buffer record_;
    time_point signed_at_{};
    std::optional<digest_version> base_;  ///< the last that went to everybody, whole
    tag_set changed_since_base_;          ///< at least once
    std::uint64_t revision_ = 0;
    std::uint64_t signed_revision_ = 0;
    bool changed_ = true;
};

}  // namespace meshhost::peers::proto
