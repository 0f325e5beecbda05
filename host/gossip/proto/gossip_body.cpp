// SPDX-License-Identifier: Apache-2.0
// Inputs go to the topics that they concern, and what topics say goes to the links.
#include "gossip/proto/gossip_body.hpp"

#include "base/assert.hpp"

#include <algorithm>

namespace meshhost::gossip::proto {

using identity::endpoint_id;
using identity::topic_id;

namespace {

constexpr std::size_t links_reviewed_max = 16;  ///< to make room for another; a guess

bool names_peers(message_kind kind) noexcept {
    return kind == message_kind::shuffle || kind == message_kind::shuffle_reply;
}

/// Endpoint ids that were read, of a message that names_peers().
std::size_t ids_in(const message& what) noexcept {
    if (const auto* const shuffle = std::get_if<shuffle_message>(&what))
        return 1 + shuffle->nodes.size();
    const auto* const reply = std::get_if<shuffle_reply_message>(&what);
    return reply == nullptr ? 0 : reply->nodes.size();
}

void count(traffic_counts& counts, traffic_class kind, std::size_t size) noexcept {
    traffic_count& entry = counts[static_cast<std::size_t>(kind)];
    ++entry.frames;
    entry.bytes += size;
}

}  // namespace

gossip_state::body::body(
    const endpoint_id& self,
    const config& options,
    id_cache& ids,
    prng random,
    time_point now
)
    : self_(self)
    , options_(options)
    , ids_(ids)
    , random_(random)
    , now_(now)
    , links_(options_.link, options_.limit)
    , corrections_(options_.membership.correction_gap) {}

// --- inputs from this host ---

error_code gossip_state::body::join(
    const topic_id& topic,
    std::span<const endpoint_id> bootstrap,
    time_point now
) {
    now_ = now;
    topic_state* state = find(topic);
    if (state == nullptr) {
        if (topics_.size() >= options_.limit.topics) return errc::too_many_topics;
        topic_sink& sink = *this;
        auto added = std::make_unique<topic_state>(topic, self_, options_, sink, random_, now);
        added->views().set_self_data(self_data_);
        state = topics_.emplace(topic, std::move(added)).first->second.get();
    }
    state->views().join(bootstrap, now);
    hasten(*state);
    return {};
}

void gossip_state::body::leave(const topic_id& topic, time_point now) {
    now_ = now;
    topic_state* const state = find(topic);
    if (state == nullptr) return;
    state->views().leave(now);
    topics_.erase(topic);
}

error_code gossip_state::body::broadcast(
    const topic_id& topic,
    bytes_view content,
    const broadcast_options& how,
    time_point now
) {
    now_ = now;
    topic_state* const state = find(topic);
    if (state == nullptr) return errc::not_joined;
    if (content.size() > content_size_max) return errc::content_too_large;
    const error_code error = state->broadcast(content, how, now);
    hasten(*state);
    return error;
}

error_code gossip_state::body::set_peer_data(bytes_view data) {
    if (data.size() > peer_data_size_max) return errc::peer_data_too_large;
    self_data_ = shared_bytes::copy_of(data);
    for (auto& [id, topic] : topics_)
        topic->views().set_self_data(self_data_);
    return {};
}

void gossip_state::body::suggest_peers(
    const topic_id& topic,
    std::span<const endpoint_id> peers,
    time_point now
) {
    now_ = now;
    topic_state* const state = find(topic);
    if (state == nullptr) return;
    state->views().suggest(peers, now);
    hasten(*state);
}

// --- inputs from the driver ---

void gossip_state::body::link_up(const endpoint_id& peer, link_instance link, time_point now) {
    now_ = now;
    if (const peer_link* const known = links_.find(peer)) {
        if (known->phase == link_phase::up && known->instance == link) return;
        if (known->phase == link_phase::up) link_down(peer, known->instance, link_end::closed, now);
    }
    peer_link* const entry = peer == self_ ? nullptr : require_link(peer);
    if (entry == nullptr) return tell(drop_link_output{peer, link});
    entry->phase = link_phase::up;
    entry->instance = link;
    std::erase(failed_dials_, peer);
    for (auto& [id, topic] : topics_)
        topic->views().link_up(peer, now);
    for (send_output& frame : std::exchange(entry->queue, {}))
        emit(std::move(frame));
    links_.watch(peer, *entry, now);
    find_deadline();
}

void gossip_state::body::link_down(
    const endpoint_id& peer,
    link_instance link,
    link_end how,
    time_point now
) {
    now_ = now;
    if (links_.find(peer, link) == nullptr) return;
    links_.erase(peer);
    for (auto& [id, topic] : topics_)
        topic->views().link_down(peer, how, now);
    find_deadline();
}

void gossip_state::body::dial_failed(const endpoint_id& peer, time_point now) {
    now_ = now;
    const peer_link* const link = links_.find(peer);
    if (link == nullptr || link->phase != link_phase::dialing) return;
    links_.erase(peer);
    if (!options_.membership.redials && failed_dials_.size() < options_.limit.links)
        failed_dials_.push_back(peer);
    for (auto& [id, topic] : topics_)
        topic->views().dial_failed(peer, now);
    find_deadline();
}

void gossip_state::body::received(
    const endpoint_id& peer,
    link_instance link,
    const topic_id& topic,
    bytes_view frame_body,
    time_point now
) {
    now_ = now;
    peer_link* const entry = links_.find(peer, link);
    if (entry == nullptr) return;
    links_.watch(peer, *entry, now);
    deadline_ = std::min(deadline_, links_.next_deadline());
    topic_state* const state = find(topic);
    if (state == nullptr) return correct_outsider(peer, topic, frame_body);
    const auto kind = kind_of(frame_body);
    if (kind && !state->is_welcome(peer, *kind, now)) return hasten(*state);
    const bool is_member = state->views().active().contains(peer);
    if (!is_member && kind && names_peers(*kind) && !entry->ids.take(now)) return;
    const auto decoded = decode_message(frame_body, ids_);
    if (!decoded) return tell(protocol_violation_output{peer, decoded.error()});
    for (std::size_t left = is_member ? 0 : ids_in(decoded->what); left > 0; --left)
        (void)entry->ids.take(now);
    count(received_, class_of(decoded->what), frame_length_size + frame_body.size());
    state->received(peer, decoded->what, decode_extension(decoded->extension), now);
    hasten(*state);
}

/// Who takes us for a member of a topic that we left is told: we may have been gone before its
/// answer to our Join came. A Join is not answered, its sender asks again.
void gossip_state::body::correct_outsider(
    const endpoint_id& peer,
    const topic_id& topic,
    bytes_view frame_body
) {
    if (!options_.membership.corrects_strangers) return;
    const auto kind = kind_of(frame_body);
    if (!kind || !(*kind == message_kind::neighbor || is_for_neighbors(*kind))) return;
    if (corrections_.take(peer, now_)) send(topic, peer, disconnect_message{false}, {}, true);
}

void gossip_state::body::set_rtt(const endpoint_id& peer, duration rtt) {
    if (peer_link* const link = links_.find(peer)) link->rtt = std::max(rtt, duration{});
}

// --- the machine ---

std::optional<gossip_output> gossip_state::body::poll_output() {
    if (outputs_.empty()) return std::nullopt;
    return outputs_.pop();
}

std::optional<time_point> gossip_state::body::next_deadline() const {
    if (deadline_ == no_deadline) return std::nullopt;
    return deadline_;
}

void gossip_state::body::handle_deadline(time_point now) {
    now_ = now;
    if (deadline_ > now) return;
    for (auto& [id, topic] : topics_)
        if (topic->next_deadline() <= now) topic->handle_deadline(now);
    review_links();
    find_deadline();
}

void gossip_state::body::review_links() {
    while (const auto peer = links_.take_due(now_))
        review(*peer);
}

/// Drops the link if nobody needs it. A neighbour's link is not looked at again until something is
/// said on it, and the last thing said to a neighbour is goodbye.
bool gossip_state::body::review(const endpoint_id& peer) {
    if (is_neighbor(peer)) return false;
    peer_link& link = *links_.find(peer);
    if (is_needed(peer)) {
        links_.watch(peer, link, now_);
        return false;
    }
    tell(drop_link_output{peer, link.instance});
    links_.erase(peer);
    return true;
}

/// Found or made; in a full table a link that nobody needs makes room, or a dial.
peer_link* gossip_state::body::require_link(const endpoint_id& peer) {
    if (links_.is_full() && links_.find(peer) == nullptr && !drop_idle_link()) give_up_dial();
    return links_.require(peer);
}

bool gossip_state::body::drop_idle_link() {
    for (std::size_t looked_at = 0; looked_at < links_reviewed_max; ++looked_at) {
        const auto idle = links_.take_due(no_deadline);
        if (!idle) return false;
        if (review(*idle)) return true;
    }
    return false;
}

/// The oldest that no topic waits for. Should it succeed after all, that is a link like any other.
void gossip_state::body::give_up_dial() {
    const auto dials = links_.oldest_dials(links_reviewed_max);
    const auto unneeded = std::find_if(dials.begin(), dials.end(), [&](const endpoint_id& peer) {
        return !is_needed(peer);
    });
    if (unneeded != dials.end()) links_.erase(*unneeded);
}

bool gossip_state::body::is_neighbor(const endpoint_id& peer) const noexcept {
    return std::any_of(topics_.begin(), topics_.end(), [&](const auto& entry) {
        return entry.second->views().active().contains(peer);
    });
}

bool gossip_state::body::is_needed(const endpoint_id& peer) const noexcept {
    return std::any_of(topics_.begin(), topics_.end(), [&](const auto& entry) {
        return entry.second->views().needs(peer);
    });
}

void gossip_state::body::hasten(const topic_state& topic) noexcept {
    deadline_ = std::min({deadline_, topic.next_deadline(), links_.next_deadline()});
}

void gossip_state::body::find_deadline() noexcept {
    deadline_ = links_.next_deadline();
    for (const auto& [id, topic] : topics_)
        deadline_ = std::min(deadline_, topic->next_deadline());
}

void gossip_state::body::check_invariants() const {
    MH_ASSERT(topics_.size() <= options_.limit.topics, "topics are bounded");
    MH_ASSERT(links_.size() <= options_.limit.links, "links are bounded");
    for (const auto& [id, topic] : topics_) {
        topic->check_invariants();
        for (const view_entry& neighbor : topic->views().active().entries())
            MH_ASSERT(link_of(neighbor.id) == link_phase::up, "a neighbour has a link");
    }
}

// --- what it knows ---

const topic_state* gossip_state::body::find(const topic_id& topic) const noexcept {
    const auto at = topics_.find(topic);
    return at == topics_.end() ? nullptr : at->second.get();
}

topic_state* gossip_state::body::find(const topic_id& topic) noexcept {
    return const_cast<topic_state*>(std::as_const(*this).find(topic));
}

state_probe gossip_state::body::probe() const {
    state_probe out;
    out.topics = topics_.size();
    out.links = links_.size();
    out.queued_frames = links_.queued_frames();
    out.sent = sent_;
    out.received = received_;
    out.oversize = oversize_;
    return out;
}

// --- what topics ask ---

void gossip_state::body::send(
    const topic_id& topic,
    const endpoint_id& to,
    const message& what,
    const extension& after,
    bool is_last
) {
    scratch_.clear();
    if (!append_frame(scratch_, what, after)) {
        ++oversize_;
        return;
    }
    send_output frame{.to = to, .topic = topic, .frame = shared_bytes::copy_of(scratch_)};
    frame.kind = class_of(what);
    frame.is_last = is_last;
    put(std::move(frame));
}

void gossip_state::body::send_payload(
    const topic_id& topic,
    const endpoint_id& to,
    const shared_bytes& frame,
    urgency how
) {
    send_output out{.to = to, .topic = topic, .frame = frame, .kind = traffic_class::payload};
    out.is_urgent = how == urgency::urgent;
    put(std::move(out));
}

/// Out, or into the queue of a link that is not up yet. What has no room is lost; whoever waits
/// for an answer to it has a deadline.
void gossip_state::body::put(send_output frame) {
    const endpoint_id peer = frame.to;
    peer_link* const link = require_link(peer);
    if (link == nullptr) return;
    if (link->phase == link_phase::up) {
        links_.watch(peer, *link, now_);
        return emit(std::move(frame));
    }
    const topic_state* const topic = find(frame.topic);
    const bool is_urgent = topic != nullptr && topic->views().active().empty();
    if (link->queue.size() < options_.limit.queued_frames) link->queue.push_back(std::move(frame));
    if (link->phase == link_phase::none) {
        link->phase = link_phase::dialing;
        link->since = now_;
        link->is_urgent = is_urgent;
        want(peer, is_urgent);
    } else if (is_urgent) {
        hurry(peer);
    }
}

void gossip_state::body::hurry(const endpoint_id& peer) {
    peer_link* const link = links_.find(peer);
    if (link == nullptr || link->phase != link_phase::dialing || link->is_urgent) return;
    link->is_urgent = true;
    want(peer, true);
}

void gossip_state::body::want(const endpoint_id& peer, bool is_urgent) {
    const bool is_given_up =
        std::find(failed_dials_.begin(), failed_dials_.end(), peer) != failed_dials_.end();
    if (!is_given_up) tell(want_link_output{peer, is_urgent});
}

void gossip_state::body::emit(send_output frame) {
    count(sent_, frame.kind, frame.frame.size());
    tell(std::move(frame));
}

link_phase gossip_state::body::link_of(const endpoint_id& peer) const {
    const peer_link* const link = links_.find(peer);
    return link == nullptr ? link_phase::none : link->phase;
}

duration gossip_state::body::round_trip(const endpoint_id& peer) const {
    const peer_link* const link = links_.find(peer);
    return link == nullptr || link->rtt == duration{} ? options_.link.rtt_unknown : link->rtt;
}

}  // namespace meshhost::gossip::proto
