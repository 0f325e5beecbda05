// SPDX-License-Identifier: Apache-2.0
// What a plugin calls; what the host says is in stream_port_link.cpp.
#include "plugin/proto/stream_port.hpp"

#include <algorithm>
#include <utility>

namespace meshhost::plugin::proto {

namespace {

call_error no_listener() {
    return {MESH_E_HANDLE, "no such listener"};
}

call_error no_connection() {
    return {MESH_E_HANDLE, "no such connection"};
}

call_error no_stream() {
    return {MESH_E_HANDLE, "no such stream: both of its directions are done, or it never was"};
}

template <class T>
T or_default(T wanted, T fallback, T low, T high) {
    return std::clamp(wanted == 0 ? fallback : wanted, low, high);
}

}  // namespace

call_result<up::listen_wanted> stream_port::listen(
    std::string alpn,
    const listen_terms& terms,
    std::uint64_t tag
) {
    bool is_taken = false;
    listeners_.for_each([&](handle, const listener& each) {
        is_taken = is_taken || (each.alpn == alpn && !each.has_failed);
    });
    if (is_taken) return call_error{MESH_E_EXISTS, "this instance listens on that ALPN already"};
    const handle made = listeners_.insert({.alpn = alpn, .tag = tag, .reason = {}});
    if (made == 0) return call_error{MESH_E_BUDGET, "too many listeners"};
    return up::listen_wanted{
        .listener = made,
        .alpn = std::move(alpn),
        .connections_max = or_default(
            terms.connections_max,
            listener_connections_default,
            std::uint32_t{1},
            static_cast<std::uint32_t>(connections_max)
        ),
        .streams_max = or_default(
            terms.streams_max,
            connection_streams_default,
            std::uint32_t{1},
            connection_streams_max
        ),
        .window =
            or_default(terms.window, stream_window_default, stream_window_min, stream_window_max),
    };
}

call_result<up::listen_over> stream_port::unlisten(handle h) {
    if (!listeners_.erase(h)) return no_listener();
    return up::listen_over{h};
}

call_result<up::connection_accepted> stream_port::accept(handle h, std::uint64_t tag) {
    connection* const found = find_connection(h);
    if (found == nullptr) return no_connection();
    if (found->now == stage::down) {
        return call_error{MESH_E_CLOSED, "the peer has gone; MESH_EV_CONN_DOWN says why"};
    }
    if (found->now != stage::offered) {
        return call_error{MESH_E_STATE, "the connection is not one that waits for an answer"};
    }
    found->now = stage::up;
    found->tag = tag;
    owe(stream_event::kind::conn_up, h);
    return up::connection_accepted{found->number};
}

call_result<up::connection_closed> stream_port::reject(
    handle h,
    std::uint64_t code,
    std::string reason
) {
    connection* const found = find_connection(h);
    if (found == nullptr) return no_connection();
    if (found->now == stage::down) {
        return call_error{MESH_E_CLOSED, "the peer has gone; MESH_EV_CONN_DOWN says why"};
    }
    if (found->now != stage::offered) {
        return call_error{MESH_E_STATE, "the connection is not one that waits for an answer"};
    }
    found->now = stage::rejected;
    return up::connection_closed{found->number, code, std::move(reason)};
}

call_result<up::dial_wanted> stream_port::connect(
    const identity::endpoint_id& to,
    std::string alpn,
    std::uint64_t tag
) {
    connection dialled;
    dialled.peer = to;
    dialled.alpn = alpn;
    dialled.tag = tag;
    dialled.now = stage::dialling;
    const handle made = connections_.insert(std::move(dialled));
    if (made == 0) return call_error{MESH_E_BUDGET, "too many connections"};
    connections_.find(made)->number = made;
    return up::dial_wanted{made, to, std::move(alpn)};
}

/// CONN_DOWN follows, as at every other end.
call_result<up::connection_closed> stream_port::close(
    handle h,
    std::uint64_t code,
    std::string reason
) {
    connection* const found = find_connection(h);
    if (found == nullptr) return no_connection();
    if (found->now == stage::closing || found->now == stage::down) {
        return call_error{MESH_E_CLOSED, "the connection is closed already"};
    }
    found->now = stage::closing;
    return up::connection_closed{found->number, code, std::move(reason)};
}

call_result<up::stream_wanted> stream_port::open(handle h, bool is_bidi, std::uint64_t tag) {
    connection* const found = find_connection(h);
    if (found == nullptr) return no_connection();
    if (found->now == stage::closing || found->now == stage::down) {
        return call_error{MESH_E_CLOSED, "the connection is closed"};
    }
    if (found->now != stage::up) {
        return call_error{MESH_E_STATE, "the connection is not up: wait for MESH_EV_CONN_UP"};
    }
    if (found->streams >= connection_streams_max) {
        return call_error{MESH_E_BUDGET, "too many streams on the connection"};
    }
    stream made;
    made.owner = h;
    made.tag = tag;
    made.is_bidi = is_bidi;
    made.is_read = !is_bidi;
    const handle name = insert(std::move(made));
    if (name == 0) return call_error{MESH_E_BUDGET, "too many streams"};
    streams_.find(name)->number = name;
    return up::stream_wanted{name, found->number, is_bidi};
}

handle stream_port::insert(stream made) {
    connection* const owner = connections_.find(made.owner);
    const handle name = streams_.insert(std::move(made));
    if (name != 0) ++owner->streams;
    return name;
}

call_result<stream_bytes> stream_port::read(handle h, std::span<std::uint8_t> into) {
    stream* const found = find_stream(h);
    if (found == nullptr) return no_stream();
    if (found->is_broken && !found->has_last) {
        return call_error{MESH_E_CLOSED, "the stream was reset; MESH_EV_STREAM_RESET says so"};
    }
    if (found->is_read && found->has_last) return stream_bytes{0, true, std::nullopt};
    if (found->is_read) return call_error{MESH_E_CLOSED, "nothing is received on the stream"};
    if (found->received.empty() && !found->has_last) {
        return call_error{MESH_E_AGAIN, "nothing to read: wait for MESH_EV_STREAM_READABLE"};
    }
    stream_bytes done;
    done.size = found->received.read(into);
    done.is_last = found->has_last && found->received.empty();
    found->is_read = done.is_last;
    found->read_bytes += done.size;
    // A quarter of the smallest window at a time, so that credit does not cost more than data.
    const bool is_worth_saying =
        found->read_bytes >= stream_window_min / 4 || found->received.empty();
    if (found->read_bytes > 0 && is_worth_saying) {
        done.credit = up::stream_taken{found->number, std::exchange(found->read_bytes, 0)};
    }
    erase_if_done(h, *found);
    return done;
}

std::size_t stream_port::room_of(const stream& of) const {
    const std::size_t left = instance_unsent_max - std::min(unsent_, instance_unsent_max);
    const connection& owner = *connections_.find(of.owner);
    return std::min(
        {stream_unsent_max - std::min(of.unsent, stream_unsent_max),
         connection_unsent_max - std::min(owner.unsent, connection_unsent_max),
         left}
    );
}

call_result<up::stream_written> stream_port::write(handle h, bytes_view data, bool is_last) {
    stream* const found = find_stream(h);
    if (found == nullptr) return no_stream();
    if (found->is_broken) {
        return call_error{MESH_E_CLOSED, "the stream was reset; MESH_EV_STREAM_RESET says so"};
    }
    if (found->is_written) return call_error{MESH_E_CLOSED, "the stream's end was written"};
    const std::size_t taken = std::min({data.size(), room_of(*found), stream_message_max});
    const bool is_all = taken == data.size();
    if (!is_all) {
        found->is_starved = true;
        starved_.insert(h);
    }
    if (taken == 0 && !is_all) {
        return call_error{MESH_E_AGAIN, "no room: wait for MESH_EV_STREAM_WRITABLE"};
    }
    found->unsent += taken;
    connections_.find(found->owner)->unsent += taken;
    unsent_ += taken;
    up::stream_written message{
        .stream = found->number,
        .data = {data.begin(), data.begin() + static_cast<std::ptrdiff_t>(taken)},
        .is_last = is_last && is_all,
    };
    found->is_written = message.is_last;
    erase_if_done(h, *found);
    return message;
}

void stream_port::take_back(link_number refused, std::size_t bytes) {
    const handle h = handle_of(refused);
    stream* const found = streams_.find(h);
    if (found == nullptr) return;
    unsend(*found, bytes);
    found->is_written = false;
    found->is_starved = true;
    starved_.insert(h);
}

call_result<up::stream_given_up> stream_port::give_up(
    handle h,
    stream_side side,
    std::uint64_t code
) {
    stream* const found = find_stream(h);
    if (found == nullptr) return no_stream();
    if (side == stream_side::sending) {
        if (found->is_written) return call_error{MESH_E_CLOSED, "nothing is sent on the stream"};
        found->is_written = true;
        found->is_mute = true;
        unsend(*found, found->unsent);
        found->is_starved = false;
        starved_.erase(h);
        feed_starved();
    } else {
        if (found->is_read) return call_error{MESH_E_CLOSED, "nothing is received on the stream"};
        found->is_read = true;
        found->received.clear();
        found->read_bytes = 0;
    }
    up::stream_given_up message{found->number, side, code};
    erase_if_done(h, *found);
    return message;
}

bool stream_port::set_tag(handle any, std::uint64_t tag) {
    if (listener* const found = listeners_.find(any)) return found->tag = tag, true;
    if (connection* const found = find_connection(any)) return found->tag = tag, true;
    if (stream* const found = find_stream(any)) return found->tag = tag, true;
    return false;
}

stream_port::connection* stream_port::find_connection(handle h) {
    connection* const found = connections_.find(h);
    return found == nullptr || found->now == stage::rejected ? nullptr : found;
}

stream_port::stream* stream_port::find_stream(handle h) {
    stream* const found = streams_.find(h);
    if (found == nullptr || (found->is_read && found->is_written && !found->is_broken)) {
        return nullptr;
    }
    const stage owner = connections_.find(found->owner)->now;
    return owner == stage::up ? found : nullptr;
}

}  // namespace meshhost::plugin::proto
