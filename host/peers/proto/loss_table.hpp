// SPDX-License-Identifier: Apache-2.0
#pragma once
// Peers of which somebody says that they are gone: whether that is enough to believe it. Two
// reporters are, once the peer had a moment to contradict; a single one is after a while in which
// nobody else, and not the peer, said more. So is hearsay, which never adds to the reporters: who
// repeats a report has lost nobody.
#include "base/time.hpp"
#include "peers/proto/config.hpp"
#include "peers/proto/mesh_message.hpp"

#include <map>
#include <optional>
#include <vector>

namespace meshhost::peers::proto {

/// A machine's part. Bounded by its user, who asks only for peers that it knows and forgets the
/// others; reporters_max reporters a peer.
class loss_table {
public:
    explicit loss_table(const config& options)
        : options_(options) {}

    struct doubt {
        digest_version version;                        ///< which the reports are about
        std::vector<identity::endpoint_id> reporters;  ///< each once; none: it is hearsay
        identity::endpoint_id told_by;                 ///< who said it first
        time_point opened{};
        time_point last{};  ///< of the reports
        /// We are connected to the peer and will notice ourselves: others make nothing certain.
        bool is_near = false;
    };
    /// What the waits depend on.
    struct circumstances {
        std::size_t peers = 0;  ///< how large the mesh is: how long a single reporter has to wait
        double patience = 1;    ///< see local_health
    };
    struct verdict {
        identity::endpoint_id peer;
        doubt why;
    };

    enum class added : std::uint8_t {
        opened,   ///< the first doubt of the peer, or of a newer record of it
        another,  ///< a further reporter
        nothing,  ///< it was known, or is about an older record
    };
    added add(const loss_report& report, bool is_near, time_point now);
    /// The report's `reporter` only believes that the peer is lost.
    added add_hearsay(const loss_report& report, bool is_near, time_point now);

    /// It lives, or is gone for good.
    void forget(const identity::endpoint_id& peer) { doubted_.erase(peer); }
    /// The peer says `version`: how many reports that refutes.
    std::size_t refute(const identity::endpoint_id& peer, const digest_version& version);
    /// The reporter's word counts no more. Of whom nothing else is said: those are forgotten.
    std::vector<identity::endpoint_id> withdraw(const identity::endpoint_id& reporter);

    const doubt* find(const identity::endpoint_id& peer) const;
    /// The next peer that is lost, which the table forgets: call until nullopt.
    std::optional<verdict> take_lost(const circumstances& here, time_point now);

    std::optional<time_point> next_deadline(const circumstances& here) const;
    std::size_t size() const noexcept { return doubted_.size(); }

private:
    added open(const loss_report& report, bool is_near, time_point now);
    time_point due(const doubt& held, const circumstances& here) const;

    config options_;
    std::map<identity::endpoint_id, doubt> doubted_;
};

}  // namespace meshhost::peers::proto
