// SPDX-License-Identifier: Apache-2.0
#include "peers/digest_topic.hpp"

#include "identity/content_hash.hpp"

#include <variant>

namespace meshhost::peers {

namespace {

using namespace std::string_view_literals;

/// Keeps the topic apart from others that somebody derives from the same words.
constexpr std::string_view topic_context = "meshhost digests v1\0"sv;

}  // namespace

identity::topic_id digest_topic_id(std::string_view mesh, bytes_view secret) {
    byte_buffer words;
    for (const bytes_view part :
         {as_bytes(topic_context), as_bytes(mesh), as_bytes("\0"sv), secret})
        words.insert(words.end(), part.begin(), part.end());
    return identity::topic_id(identity::hash_content(words).bytes);
}

digest_topic::digest_topic(
    gossip::gossip_service& gossip,
    const identity::topic_id& topic,
    const std::vector<identity::endpoint_addr>& bootstrap,
    digest_topic_sink& sink
)
    : gossip_(gossip)
    , topic_(topic)
    , sink_(sink) {
    gossip::gossip_subscriber& self = *this;
    if (auto made = gossip_.subscribe(topic_, bootstrap, self)) subscription_ = std::move(*made);
}

digest_topic::~digest_topic() {
    if (subscription_ != nullptr) gossip_.leave(*subscription_);
}

void digest_topic::broadcast(bytes_view content, bool is_urgent) {
    gossip::proto::broadcast_options how;
    how.how = is_urgent ? gossip::proto::urgency::urgent : gossip::proto::urgency::low;
    [[maybe_unused]] const auto error = gossip_.broadcast(topic_, content, how);
}

void digest_topic::on_gossip_ready(gossip::subscription& from) {
    // What is told may end this topic.
    const auto held = subscription_;
    digest_topic_sink& sink = sink_;
    while (const auto event = from.poll()) {
        if (const auto* message = std::get_if<gossip::proto::message_output>(&*event))
            sink.on_topic_message(message->content.view());
        else if (const auto* up = std::get_if<gossip::proto::neighbor_up_output>(&*event))
            sink.on_topic_neighbor_up(up->peer);
        else if (const auto* down = std::get_if<gossip::proto::neighbor_down_output>(&*event))
            sink.on_topic_neighbor_down(down->peer, down->reason);
        else
            sink.on_topic_lagged();
    }
}

}  // namespace meshhost::peers
