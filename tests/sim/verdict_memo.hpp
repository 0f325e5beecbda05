// SPDX-License-Identifier: Apache-2.0
#pragma once
// Verdicts on what simulated hosts sign: each distinct record or report is checked once a run, as a
// host checks it, and every other host that gets the same bytes is told the same.
#include "identity/content_hash.hpp"
#include "peers/proto/record_verifier.hpp"

#include <boost/unordered/unordered_flat_map.hpp>

#include <cstdint>

namespace meshhost::sim {

class verdict_memo final : public peers::proto::record_verifier {
public:
    result<peers::proto::node_digest> open(bytes_view record) override;
    bool is_genuine(const peers::proto::announced_loss& loss) override;
    bool is_genuine(const peers::proto::announced_query& query) override;

    std::uint64_t asked() const noexcept { return asked_; }
    /// Those of the above that took arithmetic.
    std::uint64_t computed() const noexcept { return computed_; }

private:
    template <class Verdict>
    using verdicts = boost::
        unordered_flat_map<identity::content_hash, Verdict, std::hash<identity::content_hash>>;

    template <class Verdict, class Compute>
    const Verdict& find(verdicts<Verdict>& known, bytes_view bytes, Compute compute);

    verdicts<result<peers::proto::node_digest>> records_;
    verdicts<bool> losses_;
    verdicts<bool> queries_;  ///< apart: a query's signature is none of a loss
    std::uint64_t asked_ = 0;
    std::uint64_t computed_ = 0;
};

}  // namespace meshhost::sim
