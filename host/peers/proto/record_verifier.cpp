// SPDX-License-Identifier: Apache-2.0
#include "peers/proto/record_verifier.hpp"

#include "peers/proto/signed_digest.hpp"

namespace meshhost::peers::proto {

namespace {

class computing final : public record_verifier {
public:
    result<node_digest> open(bytes_view record) override { return open_digest(record); }
    bool is_genuine(const announced_loss& loss) override { return proto::is_genuine(loss); }
    bool is_genuine(const announced_query& query) override { return proto::is_genuine(query); }
};

}  // namespace

record_verifier& computed_verdicts() noexcept {
    static computing one;
    return one;
}

}  // namespace meshhost::peers::proto
