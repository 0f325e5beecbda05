// SPDX-License-Identifier: Apache-2.0
// What an instance hears on its ports, and the answers to its requests.
#include "plugin/event_header.hpp"
#include "plugin/ext/views.hpp"
#include "plugin/instance_strand.hpp"
#include "plugin/strand_clock.hpp"

#include <string>
#include <string_view>
#include <utility>

namespace meshhost::plugin {

using proto::message_port;

/// At a port that is served no more a request is answered as if it never had been.
void instance_strand::take(proto::down::message_heard& heard) {
    std::string port;
    std::uint64_t tag = 0;
    mesh_handle request = 0;
    const auto taken = context_->messages.with([&](message_port& ports) {
        if (const proto::served_port* const found = ports.find(heard.port)) {
            port = found->port;
            tag = found->tag;
            if (heard.request != 0) request = ports.arrive(heard.request);
        }
        return ports.taken.took(heard.body.size());
    });
    if (heard.request != 0 && request == 0) {
        say(proto::up::request_answered{
            heard.request,
            port.empty() ? MESH_E_NOT_FOUND : MESH_E_AGAIN,
            {}});
    } else if (!port.empty()) {
        mesh_ev_message event{};
        event.h = header<mesh_ev_message>(MESH_EV_MESSAGE, tag, heard.port, strand_now());
        event.from = to_abi(heard.from);
        event.port = to_abi(std::string_view(port));
        event.body = to_abi(bytes_view(heard.body));
        event.request = request;
        deliver(event.h);
    }
    if (taken) say(proto::up::port_taken{taken->messages, taken->bytes});
}

void instance_strand::take(proto::down::request_withdrawn& withdrawn) {
    context_->messages.with([&](message_port& ports) { ports.withdraw(withdrawn.number); });
}

void instance_strand::take(proto::down::reply_heard& reply) {
    const auto tag =
        context_->messages.with([&](message_port& ports) { return ports.settle(reply.number); });
    if (!tag) return;
    mesh_ev_reply event = reply_event(*tag, reply.number, reply.status);
    event.body = to_abi(bytes_view(reply.body));
    deliver(event.h);
}

mesh_ev_reply instance_strand::reply_event(
    std::uint64_t tag,
    mesh_handle request,
    mesh_status status
) {
    mesh_ev_reply event{};
    event.h = header<mesh_ev_reply>(MESH_EV_REPLY, tag, request, strand_now());
    event.status = status;
    return event;
}

/// The last that an instance hears before stop: nobody will hear the answers. The one call into it
/// after its last event.
call_report instance_strand::give_up_requests() {
    const auto open =
        context_->messages.with([](message_port& ports) { return ports.unsettled(); });
    for (const mesh_handle request : open) {
        const auto tag =
            context_->messages.with([&](message_port& ports) { return ports.settle(request); });
        if (!tag) continue;
        say(proto::up::request_given_up{request});
        const mesh_ev_reply event = reply_event(*tag, request, MESH_E_CLOSED);
        const call_report report = back(context_->role.on_event(event.h));
        if (report.crossed) return report;
    }
    return {};
}

}  // namespace meshhost::plugin
