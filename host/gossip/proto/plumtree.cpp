// SPDX-License-Identifier: Apache-2.0
// Spreading. Asking for what did not come: plumtree_repair.cpp.
#include "gossip/proto/plumtree.hpp"

#include "base/assert.hpp"
#include "gossip/proto/errc.hpp"

#include <algorithm>
#include <limits>

namespace meshhost::gossip::proto {

using identity::content_hash;
using identity::endpoint_id;

namespace {

/// One in 16 `low` messages is announced like any other: without timely announcements nobody
/// would notice that the tree has become a detour.
bool is_sample(const content_hash& id) noexcept {
    return id.bytes[0] < 16;
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

plumtree::plumtree(const config& options, broadcast_sink& sink, topic_counts& counts)
    : options_(options)
    , sink_(sink)
    , counts_(counts)
    , store_(options.broadcast, options.limit)
    , missing_(options.limit) {}

// --- neighbours ---

void plumtree::neighbor_up(const endpoint_id& peer) {
    if (find(peer) == nullptr)
        neighbors_.push_back({.id = peer, .is_eager = true, .announced = {}});
}

void plumtree::neighbor_down(const endpoint_id& peer) {
    missing_.forget_peer(peer);
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
    spread(m, make_frame(m, after), how.how, nullptr, now);
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
        ++counts_.prunes_sent;
        set_eager(from, false);
        return sink_.send_repair(from, prune_message{});
    }
    gossip_message onward = m;
    if (onward.round < std::numeric_limits<std::uint16_t>::max()) ++onward.round;
    extension next_hop;
    next_hop.how = after.how;
    next_hop.trace = after.trace;
    const shared_bytes frame = make_frame(onward, next_hop);
    if (frame.empty()) {
        ++counts_.oversize;
        return;
    }
    if (options_.membership.is_observer)
        store_.add(m.id, frame, now);  // so that a second copy is known as one
    else
        spread(onward, frame, after.how, &from, now);
    if (const missing_message* const announced = missing_.find(m.id)) {
        optimize(from, m, *announced, now);
        missing_.erase(m.id);
    }
    deliver(from, m, after, frame.slice(content_offset(m.content.size()), m.content.size()));
}

/// In full to the eager, announced to the lazy, remembered for both.
void plumtree::spread(
    const gossip_message& m,
    const shared_bytes& frame,
    urgency how,
    const endpoint_id* except,
    time_point now
) {
    store_.add(m.id, frame, now);
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

void plumtree::announce(neighbor& to, const announcement& what, urgency how, time_point now) {
    if (announced_ >= options_.limit.announced) flush_announcements();
    to.announced.push_back(what);
    ++announced_;
    const bool is_batched = how == urgency::low && !is_sample(what.id);
    const duration delay =
        is_batched ? options_.broadcast.announce_delay_low : options_.broadcast.announce_delay;
    announce_at_ = std::min(announce_at_, now + delay);
}

void plumtree::flush_announcements() {
    announce_at_ = no_deadline;
    announced_ = 0;
    for (neighbor& to : neighbors_) {
        std::span<const announcement> left = to.announced;
        while (!left.empty()) {
            const auto part = left.first(std::min(left.size(), announcements_max));
            ihave_message m;
            m.items.assign(part.begin(), part.end());
            sink_.send_repair(to.id, m);
            left = left.subspan(part.size());
        }
        to.announced.clear();
    }
}

void plumtree::deliver(
    const endpoint_id& from,
    const gossip_message& m,
    const extension& after,
    shared_bytes content
) {
    ++counts_.delivered;
    message_output out;
    out.content = std::move(content);
    out.id = m.id;
    out.from = from;
    out.scope = m.scope;
    out.hops = m.round;
    out.how = after.how;
    out.trace = shared_bytes::copy_of(after.trace);
    sink_.deliver(std::move(out));
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
