// SPDX-License-Identifier: Apache-2.0
// What an instance hears of its connections, streams and descriptors.
#include "plugin/event_header.hpp"
#include "plugin/ext/host_call.hpp"
#include "plugin/ext/views.hpp"
#include "plugin/instance_strand.hpp"
#include "plugin/proto/stream_codes.hpp"
#include "plugin/strand_clock.hpp"

#include <utility>

namespace meshhost::plugin {

void instance_strand::take(proto::down::listen_failed& said) {
    context_->streams.take(std::move(said));
}

void instance_strand::take(proto::down::connection_offered& said) {
    if (auto answer = context_->streams.take(std::move(said))) say(std::move(*answer));
}

void instance_strand::take(proto::down::connection_made& said) {
    context_->streams.take(std::move(said));
}

void instance_strand::take(proto::down::connection_lost& said) {
    context_->streams.take(std::move(said));
}

void instance_strand::take(proto::down::stream_offered& said) {
    const proto::link_number number = said.stream;
    const bool is_within = context_->streams.streams() < context_->facts.role->budget.streams;
    if (is_within && context_->streams.take(std::move(said))) return;
    if (!is_within) over_budget(*context_, proto::budget_kind::streams, {});
    for (const auto side : {proto::stream_side::sending, proto::stream_side::receiving})
        say(proto::up::stream_given_up{number, side, proto::stream_code::too_many});
}

void instance_strand::take(proto::down::stream_arrived& said) {
    context_->streams.take(std::move(said));
}

void instance_strand::take(proto::down::stream_room& said) {
    context_->streams.take(std::move(said));
}

void instance_strand::take(proto::down::stream_ended& said) {
    context_->streams.take(std::move(said));
}

void instance_strand::deliver_stream() {
    const auto happened = context_->streams.poll();
    if (!happened) return;
    const std::uint32_t kind = MESH_EV(8, static_cast<std::uint32_t>(happened->what));
    if (happened->what <= proto::stream_event::kind::conn_down) {
        mesh_ev_conn event{};
        event.h = header<mesh_ev_conn>(kind, happened->tag, happened->subject, strand_now());
        event.peer = to_abi(happened->peer);
        event.alpn = to_abi(as_bytes(happened->alpn));
        event.code = happened->code;
        event.reason = to_abi(std::string_view(happened->reason));
        return deliver(event.h);
    }
    mesh_ev_stream event{};
    event.h = header<mesh_ev_stream>(kind, happened->tag, happened->subject, strand_now());
    event.conn = happened->connection;
    event.kind = happened->is_bidi ? MESH_STREAM_BIDI : MESH_STREAM_UNI;
    event.code = happened->code;
    deliver(event.h);
}

void instance_strand::deliver_fd() {
    const auto happened = context_->fds.poll();
    if (!happened) return;
    mesh_ev_fd event{};
    event.h = header<mesh_ev_fd>(MESH_EV_FD, happened->tag, happened->watch, strand_now());
    event.fd = happened->fd;
    event.ready = happened->ready;
    deliver(event.h);
}

static_assert(MESH_EV_CONN_IN == MESH_EV(8, 1) && MESH_EV_STREAM_RESET == MESH_EV(8, 7));

}  // namespace meshhost::plugin
