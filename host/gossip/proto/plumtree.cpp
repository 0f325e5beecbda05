// SPDX-License-Identifier: Apache-2.0
// Spreading. Asking for what did not come: plumtree_repair.cpp.
#include "gossip/proto/plumtree.hpp"

#include "base/assert.hpp"
#include "gossip/proto/errc.hpp"
#include "gossip/proto/trace_hop.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace meshhost::gossip::proto {

using identity::content_hash;
using identity::endpoint_id;

namespace {

/// One in 16 `low` messages is announced in time like any other: without timely announcements
/// nobody would notice that the tree has become a detour.
bool is_sample(const content_hash& id) noexcept {
    return id.bytes[content_hash::size - 1] < 16;
}

/// Where the content is in a frame that append_frame() made of a gossip_message.
std::size_t content_offset(std::size_t content_size) noexcept {
    const std::size_t length_size = content_size < 0x80 ? 1 : 2;
    return frame_length_size + 2 + content_hash::size + length_size;
}

/// Empty: the content is too large for it.
shared_bytes make_frame(const gossip_message& m, const extension& after) {
    byte_buffer frame;
    frame.reserve(content_offset(m.content.size()) + m.content.size() + 8 + extension_size_max);
    (void)append_frame(frame, m, after);
    return shared_bytes::copy_of(frame);
}

}  // namespace

plumtree::plumtree(
    const endpoint_id& self,
    const config& options,
    broadcast_sink& sink,
    topic_counts& counts
)
    : self_(self)
    , options_(options)
    , sink_(sink)
    , counts_(counts)
    , store_(options.broadcast, options.limit)
    , missing_(options.limit)
    , shaper_(options.broadcast.shaping_pause) {}

// --- neighbours ---

void plumtree::neighbor_up(const endpoint_id& peer) {
    if (find(peer) == nullptr) neighbors_.emplace_back().id = peer;
}

void plumtree::neighbor_down(const endpoint_id& peer) {
    missing_.forget_peer(peer);
    if (shaped_by_ == peer) shaper_.forget();
    neighbor* const gone = find(peer);
    if (gone == nullptr) return;
    announced_ -= gone->announced.size();
    neighbors_.erase(neighbors_.begin() + (gone - neighbors_.data()));
}

plumtree::neighbor* plumtree::find(const endpoint_id& peer) noexcept {
    const auto at = std::find_if(neighbors_.begin(), neighbors_.end(), [&](const neighbor& entry) {
        return entry.id == peer;
    });
    return at == neighbors_.end() ? nullptr : &*at;
}

/// Where strangers are honoured (upstream's rule), they become neighbours by this.
void plumtree::set_eager(const endpoint_id& peer, bool is_eager) {
    neighbor* known = find(peer);
    if (known == nullptr) {
        if (options_.broadcast.members_only || neighbors_.size() >= options_.limit.links) return;
        neighbor_up(peer);
        known = &neighbors_.back();
    }
    known->is_eager = is_eager;
    known->is_redundant = false;
}

// --- messages ---

error_code plumtree::broadcast(bytes_view content, const broadcast_options& how, time_point now) {
    MH_ASSERT(how.trace.size() <= trace_size_max, "a trace context is short");
    store_.expire(now);
    gossip_message m{.id = identity::hash_content(content), .content = content, .scope = how.scope};
    extension after;
    after.how = how.how;
    after.trace = how.trace;
    if (how.scope == delivery_scope::neighbors) {
        const shared_bytes frame = make_frame(m, after);
        for (const neighbor& to : neighbors_)
            if (to.is_eager || options_.broadcast.reaches_lazy)
                sink_.send_payload(to.id, frame, how.how);
        return {};
    }
    if (store_.contains(m.id)) return errc::repeated;
    const shared_bytes frame = make_frame(m, after);
    keep(m.id, frame, how.how, nullptr, now);
    spread(m, frame, how.how, nullptr, now);
    return {};
}

void plumtree::on(
    const endpoint_id& from,
    const gossip_message& m,
    const extension& after,
    time_point now
) {
    store_.expire(now);
    if (identity::hash_content(m.content) != m.id) {
        ++counts_.spoofed;
        return;
    }
    if (m.scope == delivery_scope::neighbors)
        return deliver(from, m, after, shared_bytes::copy_of(m.content));
    const bool is_flood = after.how == urgency::urgent && options_.broadcast.floods_urgent;
    if (store_.contains(m.id)) {
        ++counts_.duplicates;
        if (is_flood) return;  // it goes along every link; that says nothing about the tree
        return came_again(from, m.id);
    }
    gossip_message onward = m;
    if (onward.round < std::numeric_limits<std::uint16_t>::max()) ++onward.round;
    extension next_hop;
    next_hop.how = after.how;
    const auto trace = trace_from_hop(after.trace, self_);
    next_hop.trace = trace;
    const shared_bytes frame = make_frame(onward, next_hop);
    if (frame.empty()) {
        ++counts_.oversize;
        return;
    }
    keep(m.id, frame, after.how, &from, now);
    if (!options_.membership.is_observer) spread(onward, frame, after.how, &from, now);
    duration waited{};
    if (const missing_message* const announced = missing_.find(m.id)) {
        waited = now - announced->since;
        if (options_.broadcast.elects_shapers) {
            if (is_timely(m.id, after.how)) exchange_branch(from, *announced, now);
        } else {
            optimize(from, m, *announced, now);
        }
        missing_.erase(m.id);
    }
    const auto content = frame.slice(content_offset(m.content.size()), m.content.size());
    deliver(from, m, after, content, waited);
}

/// So that whoever grafts gets it, and a second copy is known as one.
void plumtree::keep(
    const content_hash& id,
    const shared_bytes& frame,
    urgency how,
    const endpoint_id* from,
    time_point now
) {
    store_.add(id, frame, now);
    const bool is_flood = how == urgency::urgent && options_.broadcast.floods_urgent;
    if (!is_flood) stand(id, from, now);
}

/// In full to the eager, announced to the lazy.
void plumtree::spread(
    const gossip_message& m,
    const shared_bytes& frame,
    urgency how,
    const endpoint_id* except,
    time_point now
) {
    const bool is_flood = how == urgency::urgent && options_.broadcast.floods_urgent;
    for (neighbor& to : neighbors_) {
        if (except != nullptr && to.id == *except) continue;
        if (to.is_eager || is_flood) {
            sink_.send_payload(to.id, frame, how);
        } else {
            announce(to, {m.id, m.round}, how, now);
        }
    }
}

void plumtree::deliver(
    const endpoint_id& from,
    const gossip_message& m,
    const extension& after,
    shared_bytes content,
    duration waited
) {
    ++counts_.delivered;
    message_output out;
    out.waited = waited;
    out.content = std::move(content);
    out.id = m.id;
    out.from = from;
    out.scope = m.scope;
    out.hops = m.round;
    out.how = after.how;
    out.trace = shared_bytes::copy_of(after.trace);
    sink_.deliver(std::move(out));
}

// --- the shape of the tree ---

/// A copy of what is here already: over that link the tree has a cycle.
void plumtree::came_again(const endpoint_id& from, const content_hash& id) {
    neighbor* known = find(from);
    if (known != nullptr) retract(*known, id);
    if (options_.broadcast.elects_shapers) {
        if (known == nullptr || !shaper_.is_shaping(id)) return;
        if (!shaper_.is_elected()) {
            known->is_redundant = true;
            return;
        }
    }
    ++counts_.prunes_sent;
    set_eager(from, false);
    sink_.send_repair(from, prune_message{}, {});
}

/// The message may become the one that shapes the tree.
void plumtree::stand(const content_hash& id, const endpoint_id* from, time_point now) {
    if (!options_.broadcast.elects_shapers || !shaper_.consider(id, shaping_window(), now)) return;
    shaped_by_ = from == nullptr ? std::nullopt : std::optional(*from);
    for (neighbor& one : neighbors_)
        one.is_redundant = false;
}

/// Whether its announcements are not held back: whoever hears of it well before it comes has found
/// a better branch.
bool plumtree::is_timely(const content_hash& id, urgency how) const {
    if (how == urgency::low && !is_sample(id)) return false;
    return !options_.broadcast.elects_shapers || shaper_.is_shaping(id);
}

/// Not while a message had to be asked for: who misses messages needs links, not fewer of them.
void plumtree::cut_redundant(time_point now) {
    shaper_.elect(now);
    const bool is_broken = missing_.has_asked();
    for (neighbor& one : neighbors_) {
        if (!std::exchange(one.is_redundant, false) || !one.is_eager || is_broken) continue;
        one.is_eager = false;
        ++counts_.prunes_sent;
        sink_.send_repair(one.id, prune_message{}, {});
    }
    if (is_broken) shaper_.forget();
}

duration plumtree::shaping_window() const {
    const broadcast_config& o = options_.broadcast;
    duration slowest{};
    for (const neighbor& one : neighbors_)
        slowest = std::max(slowest, sink_.round_trip(one.id));
    const auto by_links = std::chrono::duration_cast<duration>(slowest * o.shaping_window_rtts);
    return std::clamp(by_links, o.shaping_window, o.shaping_window_max);
}

void plumtree::measure(topic_sizes& sizes) const noexcept {
    sizes.seen_ids = store_.ids();
    sizes.payloads = store_.frames();
    sizes.payload_bytes = store_.frame_bytes();
    sizes.missing = missing_.size();
    sizes.announced = announced_;
}

void plumtree::check_invariants() const {
    const limits& limit = options_.limit;
    MH_ASSERT(store_.ids() <= limit.seen_ids, "seen ids are bounded");
    MH_ASSERT(store_.frames() <= limit.payloads, "payloads are bounded");
    MH_ASSERT(store_.frame_bytes() <= limit.payload_bytes, "payload bytes are bounded");
    MH_ASSERT(missing_.size() <= limit.missing, "missing messages are bounded");
    MH_ASSERT(announced_ <= limit.announced, "announcements are bounded");
}

}  // namespace meshhost::gossip::proto
