// SPDX-License-Identifier: Apache-2.0
#pragma once
// The registry as two hosts compare it: who has which digest of whom.
#include "identity/content_hash.hpp"
#include "peers/proto/mesh_message.hpp"

#include <array>
#include <vector>

namespace meshhost::peers::proto {

struct sync_entry {
    identity::endpoint_id id;
    digest_version version;
    bool is_lost = false;  ///< dead, as far as we know
    bool is_gone = false;  ///< that, or it left: not counted, so that those who remember agree with
                           ///< those who never met it
};

/// Hashes of who is there, by bucket of the id. Equal ones mean equal digests.
inline constexpr std::size_t sync_buckets = 64;
using sync_summary = std::array<std::uint64_t, sync_buckets>;

inline std::size_t bucket_of(const identity::endpoint_id& id) noexcept {
    return id.bytes().front() % sync_buckets;  // a key: as good as drawn
}

/// Precondition: ascending ids.
sync_summary summarize(const std::vector<sync_entry>& entries);

class sync_store {
public:
    /// Everybody with a digest, this node included, in the order of their ids.
    virtual std::vector<sync_entry> entries() const = 0;
    /// Empty when there is none.
    virtual bytes_view record_of(const identity::endpoint_id& id) const = 0;
    /// A record, not verified. True: it was news.
    virtual bool take_record(bytes_view record, time_point now) = 0;
    /// The report's reporter, the other end, counts somebody as lost: by whose word, it does not
    /// say.
    virtual void take_hearsay(const loss_report& report, time_point now) = 0;

protected:
    ~sync_store() = default;
};

}  // namespace meshhost::peers::proto
