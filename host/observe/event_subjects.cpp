// SPDX-License-Identifier: Apache-2.0
#include "observe/event_subjects.hpp"

#include <memory>
#include <utility>

namespace meshhost::observe {

namespace {

bool tells_state(const telemetry::event& happened) {
    return happened.type == telemetry::event_type::peer_state
           || happened.type == telemetry::event_type::self_state;
}

}  // namespace

bool event_subjects::matches(const proto::node_filter& where, const telemetry::event& happened) {
    forget_old();
    const auto& id = subject_of(happened);
    auto node = facts_of(id, happened);
    if (tells_state(happened)) node.state = happened.to;
    if (!where.asks_edges()) return where.matches(node, {});
    return where.matches(node, edges_of(id));
}

std::function<bool(const telemetry::event&)> event_subjects::sieve(proto::node_filter where) {
    struct verdicts {
        proto::node_filter where;
        std::uint64_t sequence = 0;
        std::map<std::pair<std::string, std::string>, bool> known = {};  ///< by id and state
    };
    const auto held = std::make_shared<verdicts>(verdicts{std::move(where)});
    return [this, held](const telemetry::event& happened) {
        if (std::exchange(held->sequence, source_.sequence()) != source_.sequence()
            || held->known.size() >= verdicts_max)
            held->known.clear();
        const auto [place, is_new] = held->known.try_emplace(
            {subject_of(happened), tells_state(happened) ? happened.to : ""},
            false
        );
        if (is_new) place->second = matches(held->where, happened);
        return place->second;
    };
}

void event_subjects::forget_old() {
    if (std::exchange(sequence_, source_.sequence()) == source_.sequence()) return;
    nodes_.clear();
    edges_.reset();
}

proto::node_facts event_subjects::facts_of(
    const std::string& id,
    const telemetry::event& happened
) {
    if (const auto known = nodes_.find(id); known != nodes_.end()) return known->second;
    if (const auto found = proto::find_facts(source_.picture(), id))
        return nodes_.emplace(id, *found).first->second;
    proto::node_facts gone;
    gone.id = id;
    if (!happened.peer.empty()) gone.name = happened.name;
    gone.tier = "unknown";
    return gone;
}

const std::vector<proto::edge_facts>& event_subjects::edges_of(const std::string& id) {
    static const std::vector<proto::edge_facts> none;
    if (!edges_) edges_ = proto::read_edges_by_node(source_.picture());
    const auto found = edges_->find(id);
    return found == edges_->end() ? none : found->second;
}

}  // namespace meshhost::observe
