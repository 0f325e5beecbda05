// SPDX-License-Identifier: Apache-2.0
#include "sim/verdict_memo.hpp"

namespace meshhost::sim {

using peers::proto::announced_loss;
using peers::proto::announced_query;
using peers::proto::computed_verdicts;
using peers::proto::node_digest;

template <class Verdict, class Compute>
const Verdict& verdict_memo::find(verdicts<Verdict>& known, bytes_view bytes, Compute compute) {
    ++asked_;
    const auto id = identity::hash_content(bytes);
    if (const auto at = known.find(id); at != known.end()) return at->second;
    ++computed_;
    return known.emplace(id, compute()).first->second;
}

result<node_digest> verdict_memo::open(bytes_view record) {
    return find(records_, record, [record] { return computed_verdicts().open(record); });
}

bool verdict_memo::is_genuine(const announced_loss& loss) {
    return find(losses_, loss.body, [&loss] { return computed_verdicts().is_genuine(loss); });
}

bool verdict_memo::is_genuine(const announced_query& query) {
    return find(queries_, query.body, [&query] { return computed_verdicts().is_genuine(query); });
}

}  // namespace meshhost::sim
