// SPDX-License-Identifier: Apache-2.0
// What peers_state concludes: from a record, an acknowledgement, the end of a connection.
#include "peers/proto/peers_state.hpp"

#include <algorithm>
#include <variant>

namespace meshhost::peers::proto {

namespace {

/// What an observer calls a peer whose last connection ended with `code`.
peer_state state_after(close_code code) noexcept {
    switch (code) {
    case close_code::leaving:
        return peer_state::left;
    case close_code::wrong_mesh:
        return peer_state::refused;
    case close_code::unspecified:
    case close_code::superseded:
    case close_code::bad_frame:
    case close_code::bad_record:
    case close_code::forged_record:
    case close_code::foreign_record:
    case close_code::too_fast:
    case close_code::silent:
    case close_code::unresponsive:
    case close_code::bad_stream:
    case close_code::too_many:
    case close_code::same_identity:
        return peer_state::dead;
    }
    return peer_state::dead;  // a code of a later version
}

std::string quoted(const std::string& name) {
    return '"' + name + '"';
}

bool is_same(bytes_view left, bytes_view right) {
    return std::equal(left.begin(), left.end(), right.begin(), right.end());
}

}  // namespace

void peers_state::receive(digest_link& link, const digest_message& message, time_point now) {
    if (const auto* record = std::get_if<record_message>(&message)) {
        receive_record(link, record->record, now);
    } else if (const auto* heard = std::get_if<heard_message>(&message)) {
        link.acknowledged(heard->version);
        registry_.heard(link.peer(), now);
    }
}

void peers_state::receive_record(digest_link& link, bytes_view record, time_point now) {
    const peer_entry* const known = registry_.find(link.peer());
    if (known != nullptr && is_same(known->record, record)) {  // verified when it first came
        take_record(link, *known->digest, record, now);
        return;
    }
    if (!registry_.take_token(link.peer(), now)) {
        close(link, close_code::too_fast);
        return;
    }
    const auto digest = verifier_.open(record);
    if (!digest) {
        const bool is_forged = digest.error() == errc::bad_signature;
        const close_code code = is_forged ? close_code::forged_record : close_code::bad_record;
        close(link, code, std::string(to_string(code)) + ": " + digest.error().message());
    } else if (digest->origin == self().origin) {
        if (self_.overrule(digest->number()))
            outputs_.push_back(overruled_output{link.peer(), digest->number()});
    } else if (digest->origin != link.peer()) {
        close(link, close_code::foreign_record);
    } else {
        take_record(link, *digest, record, now);
    }
}

void peers_state::take_record(
    digest_link& link,
    const node_digest& digest,
    bytes_view record,
    time_point now
) {
    if (digest.mesh != self().mesh) {
        const std::string words =
            "belongs to mesh " + quoted(digest.mesh) + ", not " + quoted(self().mesh);
        close(link, close_code::wrong_mesh, words);
        return;
    }
    const auto verdict = registry_.offer(digest, record, peer_registry::source::link, now);
    if (verdict == peer_registry::verdict::no_room) {
        close(link, close_code::too_many);
        return;
    }
    const peer_entry& known = *registry_.find(link.peer());
    link.owe_heard(known.digest->number());
    if (verdict == peer_registry::verdict::outlived)
        link.owe_record(known.record);  // it will number its next one above this
    else
        welcome(link, *known.digest, digest.incarnation, now);
}

void peers_state::welcome(
    digest_link& link,
    const node_digest& digest,
    std::uint64_t incarnation,
    time_point now
) {
    const identity::endpoint_id& peer = link.peer();
    link.identified(incarnation);
    registry_.connected(peer);
    registry_.met(peer, "connected again", now);
    mesh_.acquit(peer);
    addresses_.learn(peer, digest.addresses, digest.home_relay, link.remote());
    schedule_.want(peer, dial_priority::learnt, now);
    schedule_.hold(peer);
    schedule_.reset_backoff(peer);
    resolve_duplicates(peer);
}

void peers_state::conclude(const digest_link& link, const link_end& end, time_point now) {
    const identity::endpoint_id& peer = link.peer();
    const peer_entry* const known = registry_.find(peer);
    schedule_.lost(peer, now);
    if (known == nullptr) return;
    const bool is_ours = link.phase() == link_phase::closing;
    const close_code code =
        is_ours ? link.closed_with() : end.code.value_or(close_code::unspecified);
    if (code == close_code::superseded && !known->connected) return;  // the other one said why
    const bool is_vouched_for = known->digest && !known->connected && !is_gone(known->state);
    if (is_vouched_for && state_after(code) == peer_state::dead) return;  // just not within reach
    const std::string& words = is_ours ? link.closed_because() : end.words;
    if (state_after(code) == peer_state::dead && link.incarnation()) {
        registry_.disconnected(peer);
        if (mesh_.report_loss(peer, {words, end.kind}, now)) return;  // which concludes in a while
    }
    registry_.unreachable(peer, state_after(code), words, now);
    if (known->state == peer_state::left && !known->named) schedule_.forget(peer);
}

}  // namespace meshhost::peers::proto
