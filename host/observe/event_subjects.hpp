// SPDX-License-Identifier: Apache-2.0
#pragma once
// Of which node an event is, and whether a filter lets that one through.
#include "observe/observatory.hpp"
#include "observe/proto/picture_pages.hpp"
#include "telemetry/event.hpp"

#include <functional>
#include <map>
#include <string>

namespace meshhost::observe {

/// One thread: the shard's. The observatory outlives it.
class event_subjects {
public:
    /// `self`: the id of this host, of which events are that name no peer.
    event_subjects(const observatory& source, std::string self)
        : source_(source)
        , self_(std::move(self)) {}

    /// A node is taken as the picture has it now, but its state as the event tells it, where it
    /// does; of one that the picture has not (any more) the id and the name are known alone.
    bool matches(const proto::node_filter& where, const telemetry::event& happened);

    /// The same for many events, of which few are about different nodes: each is looked at once.
    /// Outlived by this.
    std::function<bool(const telemetry::event&)> sieve(proto::node_filter where);

private:
    static constexpr std::size_t verdicts_max = 4096;  ///< of a sieve

    void forget_old();
    proto::node_facts facts_of(const std::string& id, const telemetry::event& happened);
    const std::vector<proto::edge_facts>& edges_of(const std::string& id);
    const std::string& subject_of(const telemetry::event& happened) const {
        return happened.peer.empty() ? self_ : happened.peer;
    }

    const observatory& source_;
    std::string self_;
    std::uint64_t sequence_ = 0;  ///< of the picture that all of this was read from
    std::map<std::string, proto::node_facts, std::less<>> nodes_;
    std::optional<proto::edges_by_node> edges_;
};

}  // namespace meshhost::observe
