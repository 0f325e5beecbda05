// SPDX-License-Identifier: Apache-2.0
#pragma once
// Peers of which somebody says that they are gone: whether that is enough to believe it. Two
// reporters are; a single one is after a while in which nobody else, and not the peer, said more.
#include "base/time.hpp"
#include "peers/proto/config.hpp"
#include "peers/proto/mesh_message.hpp"

#include <map>
#include <vector>

namespace meshhost::peers::proto {

/// A machine's part. Bounded by its user, who asks only for peers that it knows and forgets the
/// others; loss_reporters reporters a peer.
class loss_table {
public:
    explicit loss_table(const config& options)
        : options_(options) {}

    /// `peers`: how large the mesh is, for how long a single reporter has to wait.
    void add(const loss_report& report, std::size_t peers, time_point now);
    /// It lives, or is gone for good.
    void forget(const identity::endpoint_id& peer) { doubted_.erase(peer); }

    struct verdict {
        identity::endpoint_id peer;
        digest_version version;
        std::vector<identity::endpoint_id> reporters;
    };
    /// The next peer that is lost, which the table forgets: call until nullopt.
    std::optional<verdict> take_lost(time_point now);

    std::optional<time_point> next_deadline() const;
    std::size_t size() const noexcept { return doubted_.size(); }

private:
    struct doubt {
        digest_version version;
        std::vector<identity::endpoint_id> reporters;
        time_point due;
    };

    config options_;
    std::map<identity::endpoint_id, doubt> doubted_;
};

}  // namespace meshhost::peers::proto
