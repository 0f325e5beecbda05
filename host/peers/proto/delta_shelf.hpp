// SPDX-License-Identifier: Apache-2.0
#pragma once
// Deltas whose base has not come yet. Gossip brings what an origin says within a second along
// several branches, and sometimes the later first; nobody says it again.
#include "peers/proto/digest_delta.hpp"

#include <optional>
#include <vector>

namespace meshhost::peers::proto {

/// A machine's part. Nothing in it is verified: at most `most` are kept, one of an origin, and the
/// oldest make room.
class delta_shelf {
public:
    explicit delta_shelf(std::size_t most)
        : most_(most) {}

    /// `content` is the message that the delta was read from.
    void put(const digest_delta& delta, bytes_view content);
    /// The message with the origin's, which is then no longer here; nullopt: there is none.
    std::optional<byte_buffer> take(const identity::endpoint_id& origin);
    /// There was a comparison, or will be. False: none is here that deserves another one, since it
    /// has been here for `most_rounds` of them.
    bool wants_another_round(int most_rounds);

    std::size_t size() const noexcept { return waiting_.size(); }

private:
    struct waiting {
        identity::endpoint_id origin;
        digest_version version;
        byte_buffer content;
        int rounds = 0;
    };

    std::size_t most_;
    std::vector<waiting> waiting_;  ///< oldest first
};

}  // namespace meshhost::peers::proto
