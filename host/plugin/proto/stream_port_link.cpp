// SPDX-License-Identifier: Apache-2.0
// What the host says, and the events that come of it.
#include "plugin/proto/stream_codes.hpp"
#include "plugin/proto/stream_port.hpp"

#include <algorithm>
#include <utility>

namespace meshhost::plugin::proto {

handle stream_port::handle_of(link_number number) const {
    if ((number & host_number) == 0) return number;
    const auto found = named_by_host_.find(number);
    return found == named_by_host_.end() ? 0 : found->second;
}

void stream_port::take(down::listen_failed&& said) {
    listener* const found = listeners_.find(said.listener);
    if (found == nullptr || found->has_failed) return;
    found->has_failed = true;
    found->code = said.code;
    found->reason = std::move(said.reason);
    owe(stream_event::kind::conn_down, said.listener);
}

std::optional<up::connection_closed> stream_port::take(down::connection_offered&& said) {
    const listener* const asked = listeners_.find(said.listener);
    if (asked == nullptr) {
        return up::connection_closed{said.connection, stream_code::no_listener, "nobody listens"};
    }
    connection offered;
    offered.number = said.connection;
    offered.peer = said.peer;
    offered.alpn = asked->alpn;
    offered.tag = asked->tag;
    const handle made = connections_.insert(std::move(offered));
    if (made == 0) {
        return up::connection_closed{
            said.connection,
            stream_code::too_many,
            "too many connections"};
    }
    named_by_host_.emplace(said.connection, made);
    owe(stream_event::kind::conn_in, made);
    return std::nullopt;
}

void stream_port::take(down::connection_made&& said) {
    const handle h = handle_of(said.connection);
    connection* const found = connections_.find(h);
    if (found == nullptr || found->now != stage::dialling) return;
    found->now = stage::up;
    owe(stream_event::kind::conn_up, h);
}

void stream_port::take(down::connection_lost&& said) {
    const handle h = handle_of(said.connection);
    connection* const found = connections_.find(h);
    if (found == nullptr || found->now == stage::down) return;
    std::vector<handle> gone;
    streams_.for_each([&](handle each, const stream& of) {
        if (of.owner == h) gone.push_back(each);
    });
    for (const handle each : gone)
        erase_stream(each);
    if (found->now == stage::rejected) return erase_connection(h);
    found->now = stage::down;
    found->code = said.code;
    found->reason = std::move(said.reason);
    owe(stream_event::kind::conn_down, h);
}

bool stream_port::take(down::stream_offered&& said) {
    const handle owner = handle_of(said.connection);
    const connection* const found = connections_.find(owner);
    if (found == nullptr || found->now != stage::up) return true;  // it ends with its connection
    stream made;
    made.number = said.stream;
    made.owner = owner;
    made.is_bidi = said.is_bidi;
    made.is_written = !said.is_bidi;
    made.tag = found->tag;
    const handle name = insert(std::move(made));
    if (name == 0) return false;
    named_by_host_.emplace(said.stream, name);
    owe(stream_event::kind::in, name);
    return true;
}

void stream_port::take(down::stream_arrived&& said) {
    const handle h = handle_of(said.stream);
    stream* const found = streams_.find(h);
    if (found == nullptr || found->is_read || found->has_last) return;
    const bool was_empty = found->received.empty();
    found->received.push(std::move(said.data));
    found->has_last = said.is_last;
    if (was_empty) owe_readable(h, *found);
}

void stream_port::owe_readable(handle h, stream& to) {
    if (!std::exchange(to.is_readable_due, true)) owe(stream_event::kind::readable, h);
}

void stream_port::take(down::stream_room&& said) {
    stream* const found = streams_.find(handle_of(said.stream));
    if (found == nullptr || found->is_mute) return;
    unsend(*found, static_cast<std::size_t>(said.bytes));
    feed_starved();
}

void stream_port::take(down::stream_ended&& said) {
    const handle h = handle_of(said.stream);
    stream* const found = streams_.find(h);
    if (found == nullptr || found->is_over) return;
    found->is_over = true;
    const bool is_received = found->is_read || found->has_last;
    unsend(*found, found->unsent);
    found->is_mute = true;
    starved_.erase(h);
    if (!is_received || (said.is_broken && !found->is_written)) {
        found->is_broken = true;
        found->is_written = true;
        found->code = said.code;
        if (!is_received) {
            found->is_read = true;
            found->received.clear();
        }
        owe(stream_event::kind::reset, h);
    }
    feed_starved();
    erase_if_done(h, *found);
}

void stream_port::take_ready() {
    feed_starved();
}

void stream_port::unsend(stream& of, std::size_t bytes) {
    bytes = std::min(bytes, of.unsent);
    of.unsent -= bytes;
    connections_.find(of.owner)->unsent -= bytes;
    unsent_ -= bytes;
}

/// Half of a stream's share at once: one event for many packets.
void stream_port::feed_starved() {
    for (auto each = starved_.begin(); each != starved_.end();) {
        stream* const found = streams_.find(*each);
        const bool is_fed = found != nullptr && room_of(*found) >= stream_unsent_max / 2;
        if (found != nullptr && !is_fed) {
            ++each;
            continue;
        }
        if (found != nullptr) {
            found->is_starved = false;
            if (!std::exchange(found->is_writable_due, true)) {
                owe(stream_event::kind::writable, *each);
            }
        }
        each = starved_.erase(each);
    }
}

void stream_port::erase_connection(handle h) {
    const connection* const found = connections_.find(h);
    if (found != nullptr) named_by_host_.erase(found->number);
    connections_.erase(h);
}

void stream_port::erase_stream(handle h) {
    stream* const found = streams_.find(h);
    if (found == nullptr) return;
    unsend(*found, found->unsent);
    --connections_.find(found->owner)->streams;
    named_by_host_.erase(found->number);
    starved_.erase(h);
    streams_.erase(h);
}

void stream_port::erase_if_done(handle h, const stream& of) {
    if (of.is_over && of.is_read && of.is_written && !of.is_broken) erase_stream(h);
}

std::optional<stream_event> stream_port::poll() {
    while (!events_.empty()) {
        const due next = events_.front();
        events_.pop_front();
        if (auto event = make(next)) return event;
    }
    return std::nullopt;
}

std::optional<stream_event> stream_port::make(const due& next) {
    using kind = stream_event::kind;
    const bool is_of_connection =
        next.what == kind::conn_in || next.what == kind::conn_up || next.what == kind::conn_down;
    return is_of_connection ? make_of_connection(next) : make_of_stream(next);
}

std::optional<stream_event> stream_port::make_of_connection(const due& next) {
    using kind = stream_event::kind;
    stream_event event;
    event.what = next.what;
    event.subject = next.subject;
    if (const listener* const failed = listeners_.find(next.subject)) {
        event.tag = failed->tag;
        event.alpn = failed->alpn;
        event.code = failed->code;
        event.reason = failed->reason;
        listeners_.erase(next.subject);
        return event;
    }
    const connection* const found = connections_.find(next.subject);
    if (found == nullptr || found->now == stage::rejected) return std::nullopt;
    if (next.what == kind::conn_up && found->now != stage::up) return std::nullopt;
    event.tag = found->tag;
    event.peer = found->peer;
    event.alpn = found->alpn;
    if (next.what == kind::conn_down) {
        event.code = found->code;
        event.reason = found->reason;
        erase_connection(next.subject);
    }
    return event;
}

std::optional<stream_event> stream_port::make_of_stream(const due& next) {
    using kind = stream_event::kind;
    stream* const found = streams_.find(next.subject);
    if (found == nullptr) return std::nullopt;
    if (next.what == kind::readable) found->is_readable_due = false;
    if (next.what == kind::writable) found->is_writable_due = false;
    if (find_stream(next.subject) == nullptr) return std::nullopt;
    if (next.what == kind::readable && found->received.empty() && !found->has_last) {
        return std::nullopt;  // it was read meanwhile
    }
    if (next.what == kind::readable && found->is_read) return std::nullopt;
    if (next.what == kind::writable && found->is_written) return std::nullopt;
    stream_event event;
    event.what = next.what;
    event.subject = next.subject;
    event.tag = found->tag;
    event.connection = found->owner;
    event.is_bidi = found->is_bidi;
    event.code = found->code;
    if (next.what == kind::reset) {
        found->is_broken = false;
        erase_if_done(next.subject, *found);
    }
    return event;
}

bool stream_port::clear() {
    const bool was_used = size() > 0;
    events_.clear();
    starved_.clear();
    named_by_host_.clear();
    streams_.clear();
    connections_.clear();
    listeners_.clear();
    unsent_ = 0;
    return was_used;
}

stream_port::count stream_port::held() {
    count all;
    for_each([&](handle, handle_kind kind, std::uint64_t&) {
        all.listeners += kind == handle_kind::listener ? 1 : 0;
        all.connections += kind == handle_kind::connection ? 1 : 0;
        all.streams += kind == handle_kind::stream ? 1 : 0;
    });
    return all;
}

}  // namespace meshhost::plugin::proto
