// SPDX-License-Identifier: Apache-2.0
#include "lone_node.hpp"

#include <algorithm>

namespace meshhost::test {

using namespace gossip::proto;

namespace {

std::vector<std::size_t> numbers_of(const std::vector<identity::endpoint_id>& ids) {
    std::vector<std::size_t> out;
    for (const auto& id : ids)
        out.push_back(sample_number(id));
    std::sort(out.begin(), out.end());
    return out;
}

}  // namespace

lone_node::lone_node(const config& options, bool joins)
    : state(sample_id(self), options, ids, prng(1), now) {
    if (joins) join({});
}

void lone_node::join(const std::vector<std::size_t>& contacts) {
    std::vector<identity::endpoint_id> bootstrap;
    for (const std::size_t contact : contacts)
        bootstrap.push_back(sample_id(contact));
    (void)state.join(topic, bootstrap, now);
    drain();
}

void lone_node::link(std::size_t peer) {
    links_[peer] = link_instance(++instances_);
    state.link_up(sample_id(peer), links_[peer], now);
    drain();
}

void lone_node::lose(std::size_t peer) {
    state.link_down(sample_id(peer), links_[peer], link_end::lost, now);
    drain();
}

void lone_node::close(std::size_t peer) {
    state.link_down(sample_id(peer), links_[peer], link_end::closed, now);
    drain();
}

void lone_node::fail_dial(std::size_t peer) {
    state.dial_failed(sample_id(peer), now);
    drain();
}

void lone_node::hear(std::size_t peer, const message& what, const extension& after) {
    byte_buffer frame;
    append_frame(frame, what, after);
    hear_bytes(peer, bytes_view(frame).subspan(frame_length_size));
}

void lone_node::hear_bytes(std::size_t peer, bytes_view frame_body) {
    state.received(sample_id(peer), links_[peer], topic, frame_body, now);
    drain();
}

void lone_node::befriend(std::size_t first, std::size_t last) {
    for (std::size_t peer = first; peer <= last; ++peer) {
        link(peer);
        hear(peer, neighbor_message{priority::high, {}});
        said_.erase(peer);
    }
}

error_code lone_node::broadcast(std::string_view content, const broadcast_options& how) {
    const error_code error = state.broadcast(topic, as_bytes(content), how, now);
    drain();
    return error;
}

void lone_node::advance(duration span) {
    const time_point until = now + span;
    while (const auto next = state.next_deadline()) {
        if (*next > until) break;
        now = std::max(now, *next);
        state.handle_deadline(now);
        drain();
    }
    now = until;
}

bool lone_node::advance_until_wanted(std::size_t peer, duration span) {
    wanted.clear();
    const time_point until = now + span;
    while (std::find(wanted.begin(), wanted.end(), peer) == wanted.end()) {
        if (now >= until) return false;
        advance(10ms);
    }
    return true;
}

std::vector<said_frame> lone_node::said_to(std::size_t peer) {
    auto found = said_.extract(peer);
    return found.empty() ? std::vector<said_frame>{} : std::move(found.mapped());
}

void lone_node::drain() {
    while (const auto output = state.poll_output()) {
        if (const auto* const send = std::get_if<send_output>(&*output)) {
            const auto decoded =
                decode_message(send->frame.view().subspan(frame_length_size), ids).value();
            const extension after = decode_extension(decoded.extension);
            said_[sample_number(send->to)].push_back({*send, decoded.what, after});
        } else if (const auto* const want = std::get_if<want_link_output>(&*output)) {
            wanted.push_back(sample_number(want->peer));
            if (want->is_urgent) urgent.push_back(sample_number(want->peer));
        } else if (const auto* const drop = std::get_if<drop_link_output>(&*output)) {
            dropped.push_back(sample_number(drop->peer));
        } else if (const auto* const up = std::get_if<neighbor_up_output>(&*output)) {
            ups.push_back(sample_number(up->peer));
        } else if (const auto* const down = std::get_if<neighbor_down_output>(&*output)) {
            downs.emplace_back(sample_number(down->peer), down->reason);
        } else if (const auto* const got = std::get_if<message_output>(&*output)) {
            messages.push_back(*got);
        } else if (const auto* const addr = std::get_if<peer_addr_output>(&*output)) {
            addresses.push_back(*addr);
        } else if (const auto* const bad = std::get_if<protocol_violation_output>(&*output)) {
            violations.push_back(bad->error);
        }
    }
    if (checks_always) state.check_invariants();
}

std::vector<std::size_t> lone_node::active() const {
    return numbers_of(probe().active);
}
std::vector<std::size_t> lone_node::passive() const {
    return numbers_of(probe().passive);
}
std::vector<std::size_t> lone_node::eager() const {
    return numbers_of(probe().eager);
}
std::vector<std::size_t> lone_node::lazy() const {
    return numbers_of(probe().lazy);
}

}  // namespace meshhost::test
