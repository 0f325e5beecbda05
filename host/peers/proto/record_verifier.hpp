// SPDX-License-Identifier: Apache-2.0
#pragma once
// Who checks the signatures of what others send. A seam for the simulator, in which thousands of
// hosts of one process get the same bytes: it computes a verdict once. What is checked is the same.
#include "peers/proto/mesh_message.hpp"
#include "peers/proto/node_digest.hpp"

namespace meshhost::peers::proto {

class record_verifier {
public:
    /// What open_digest() says of `record`.
    virtual result<node_digest> open(bytes_view record) = 0;
    /// What is_genuine() says.
    virtual bool is_genuine(const announced_loss& loss) = 0;
    virtual bool is_genuine(const announced_query& query) = 0;

protected:
    ~record_verifier() = default;
};

/// Computes every verdict and remembers none. One for the process: it has no state.
record_verifier& computed_verdicts() noexcept;

}  // namespace meshhost::peers::proto
