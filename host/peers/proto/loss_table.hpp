// SPDX-License-Identifier: Apache-2.0
#pragma once
// Peers of which somebody says that they are gone: whether that is enough to believe it. Two
// reporters are; a single one is after a while in which nobody else, and not the peer, said more.
// So is hearsay, which never adds to the reporters: who repeats a report has lost nobody.
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
    /// The report's `reporter` only believes that the peer is lost.
    void add_hearsay(const loss_report& report, std::size_t peers, time_point now);
    /// It lives, or is gone for good.
    void forget(const identity::endpoint_id& peer) { doubted_.erase(peer); }

    struct verdict {
        identity::endpoint_id peer;
        digest_version version;
        std::vector<identity::endpoint_id> reporters;  ///< none: it is hearsay
        identity::endpoint_id told_by;                 ///< who said it first
    };
    /// The next peer that is lost, which the table forgets: call until nullopt.
    std::optional<verdict> take_lost(time_point now);

    std::optional<time_point> next_deadline() const;
    std::size_t size() const noexcept { return doubted_.size(); }

private:
    struct doubt {
        digest_version version;
        std::vector<identity::endpoint_id> reporters;
        identity::endpoint_id told_by;
        time_point due;
    };

    doubt* open(const loss_report& report, std::size_t peers, time_point now);

    config options_;
    std::map<identity::endpoint_id, doubt> doubted_;
};

}  // namespace meshhost::peers::proto
