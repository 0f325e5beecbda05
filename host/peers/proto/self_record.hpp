// SPDX-License-Identifier: Apache-2.0
#pragma once
// What this node says of itself: the digest as it is put together, and the record made of it.
#include "identity/secret_key.hpp"
#include "peers/proto/config.hpp"
#include "peers/proto/node_digest.hpp"

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

/// A machine's part: the single writer of one origin's digests. A change is signed when somebody
/// is about to get it, so that many changes in a row cost one signature and one number.
class self_record {
public:
    /// `incarnation` must be larger than that of the last start: Unix milliseconds, usually. When
    /// it is not, peers send our last digest back and overrule() repairs it.
    self_record(identity::secret_key key, std::uint64_t incarnation, time_point started);

    /// Each leaves the digest as it was when the outcome would not fit announced_size_max or be
    /// well-formed.
    /// Errors: those of encode_digest.
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
    void assert_anew() { mark_changed(); }

    /// What peers get from now on. `incarnation`, `sequence` and `uptime` are the last signing's.
    const node_digest& digest() const noexcept { return digest_; }

    /// The record of the digest as it is now; signs it if it changed since the last time.
    const byte_buffer& sign(time_point now);
    /// As sign(), and signs anew what was signed longer than `age` ago: a peer that is new here
    /// takes our uptime from the record.
    const byte_buffer& sign_fresh(time_point now, duration age);

    /// The record that was signed last; empty before the first.
    const byte_buffer& record() const noexcept { return record_; }

    /// Raised by every change, signed or not.
    std::uint64_t revision() const noexcept { return revision_; }
    /// There are changes that no record has yet.
    bool is_changed() const noexcept { return changed_; }

    /// Peers hold `version` of us and would drop ours as older: number the next ones above it.
    /// False: it is not newer, or there is no number above it.
    bool overrule(const digest_version& version);

private:
    error_code replace(node_digest candidate);
    void mark_changed();
    void renew(time_point now);

    identity::secret_key key_;
    time_point started_;
    node_digest digest_;
    byte_buffer record_;
    time_point signed_at_{};
    std::uint64_t revision_ = 0;
    bool changed_ = true;
};

}  // namespace meshhost::peers::proto
