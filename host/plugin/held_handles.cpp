// SPDX-License-Identifier: Apache-2.0
#include "plugin/held_handles.hpp"

#include "plugin/proto/stream_codes.hpp"

#include <utility>

namespace meshhost::plugin {

namespace {

/// What new code may have registered in create stays; what the old one held comes to it whole.
template <class Table>
void move_table(Table& from, Table& to) {
    to = std::exchange(from, Table());
}

/// A listener, a connection or both sides of a stream.
bool close_stream_handle(instance_context& of, proto::handle handle) {
    const auto tell = [&of](auto made) {
        if (made) of.link->send(std::move(*made));
        return made.has_value();
    };
    constexpr auto code = proto::stream_code::stopped;
    if (tell(of.streams.unlisten(handle)) || tell(of.streams.close(handle, code, ""))) return true;
    const bool was_sent = tell(of.streams.give_up(handle, proto::stream_side::sending, code));
    return tell(of.streams.give_up(handle, proto::stream_side::receiving, code)) || was_sent;
}

bool close_topic(instance_context& of, proto::handle handle) {
    if (!of.topics.unsubscribe(handle)) return false;
    of.link->send(proto::up::topic_left{handle});
    return true;
}

bool close_message(instance_context& of, proto::handle handle) {
    const auto [was_port, was_request] = of.messages.with([&](proto::message_port& ports) {
        return std::pair(ports.unserve(handle), ports.settle(handle).has_value());
    });
    if (was_port) of.link->send(proto::up::port_closed{handle});
    if (was_request) of.link->send(proto::up::request_given_up{handle});
    return was_port || was_request;
}

}  // namespace

void for_each_handle(instance_context& of, const handle_visitor& f) {
    const auto of_kind = [&f](proto::handle_kind kind) {
        return [&f, kind](proto::handle h, std::uint64_t& tag) {
            f(h, static_cast<std::uint32_t>(kind), tag);
        };
    };
    of.timers.for_each(of_kind(proto::handle_kind::timer));
    of.peers.for_each(of_kind(proto::handle_kind::peer_watch));
    of.digests.for_each(of_kind(proto::handle_kind::digest_watch));
    const auto of_any = [&f](proto::handle h, proto::handle_kind kind, std::uint64_t& tag) {
        f(h, static_cast<std::uint32_t>(kind), tag);
    };
    of.streams.for_each(of_any);
    of.fds.for_each(of_any);
    of.topics.for_each(of_kind(proto::handle_kind::gossip_topic));
    // Not while others are kept out: the plugin may call what waits for that.
    for (proto::held_tag held : of.messages.with([](auto& ports) { return ports.held(); })) {
        f(held.handle, static_cast<std::uint32_t>(held.kind), held.tag);
        of.messages.with([&](auto& ports) { ports.set_tag(held.handle, held.tag); });
    }
}

bool close_handle(instance_context& of, proto::handle handle) {
    return of.timers.cancel(handle) || of.peers.unwatch(handle) || of.digests.unwatch(handle)
           || of.fds.unwatch(handle) || close_stream_handle(of, handle) || close_topic(of, handle)
           || close_message(of, handle);
}

void move_handles(instance_context& from, instance_context& to) {
    move_table(from.timers, to.timers);
    move_table(from.peers, to.peers);
    move_table(from.digests, to.digests);
    move_table(from.streams, to.streams);
    move_table(from.fds, to.fds);
    move_table(from.topics, to.topics);
    auto ports =
        from.messages.with([](auto& held) { return std::exchange(held, proto::message_port()); });
    to.messages.with([&ports](auto& held) { held = std::move(ports); });
    to.awaits_gossip_room = from.awaits_gossip_room.exchange(false);
}

}  // namespace meshhost::plugin
