// SPDX-License-Identifier: Apache-2.0
// What an instance hears on its topics.
#include "plugin/event_header.hpp"
#include "plugin/ext/views.hpp"
#include "plugin/instance_strand.hpp"
#include "plugin/strand_clock.hpp"

#include <string_view>
#include <utility>

namespace meshhost::plugin {

/// One that was unsubscribed meanwhile takes no notice.
void instance_strand::take(proto::down::topic_heard& heard) {
    proto::topic_reading* const reading = context_->topics.find(heard.number);
    if (reading == nullptr) return;
    const std::string topic = reading->topic;  // the plugin may unsubscribe
    mesh_ev_gossip event{};
    event.h = header<mesh_ev_gossip>(MESH_EV_GOSSIP, reading->tag, heard.number, strand_now());
    event.topic = to_abi(std::string_view(topic));
    event.body = to_abi(bytes_view(heard.body));
    event.author = to_abi(heard.author);
    event.via = to_abi(heard.via);
    event.seq = heard.sequence;
    event.hops = heard.hops;
    event.flags = heard.flags;
    const auto taken = reading->taken.took(heard.body.size());
    deliver(event.h);
    if (taken) say(proto::up::topic_taken{heard.number, taken->messages, taken->bytes});
}

void instance_strand::take(proto::down::topic_lagged& lagged) {
    proto::topic_reading* const reading = context_->topics.find(lagged.number);
    if (reading == nullptr) return;
    mesh_ev_gossip_lagged event{};
    event.h = header<mesh_ev_gossip_lagged>(
        MESH_EV_GOSSIP_LAGGED,
        reading->tag,
        lagged.number,
        strand_now()
    );
    event.dropped_msgs = lagged.messages;
    event.dropped_bytes = lagged.bytes;
    const auto taken = reading->taken.took(0);
    if (lagged.is_over) {
        context_->topics.unsubscribe(lagged.number);
        say(proto::up::topic_left{lagged.number});
    } else if (taken) {
        say(proto::up::topic_taken{lagged.number, taken->messages, taken->bytes});
    }
    deliver(event.h);
}

void instance_strand::tell_gossip_room() {
    if (!context_->awaits_gossip_room.exchange(false)) return;
    const mesh_event event = header<mesh_event>(MESH_EV_GOSSIP_WRITABLE, 0, 0, strand_now());
    deliver(event);
}

}  // namespace meshhost::plugin
