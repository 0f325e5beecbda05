// SPDX-License-Identifier: Apache-2.0
// Reading. A parser reads its whole message and the end of decode_message() asks once whether all
// of it was there.
#include "gossip/proto/errc.hpp"
#include "gossip/proto/message.hpp"
#include "wire/postcard.hpp"

namespace meshhost::gossip::proto {

namespace {

using wire::postcard_reader;

/// postcard_reader, and the cause that it cannot tell.
struct parser {
    postcard_reader in;
    id_cache& ids;
    bool has_bad_id = false;

    /// The discriminant of an enum of so many cases.
    std::uint32_t tag(std::uint32_t cases) noexcept {
        const std::uint32_t value = in.u32();
        if (value >= cases) in.fail();
        return value;
    }

    identity::endpoint_id endpoint_id() {
        const bytes_view bytes = in.fixed(identity::endpoint_id::size);
        if (!in.ok()) return {};
        const auto id = ids.read(bytes);
        if (id) return *id;
        has_bad_id = true;
        in.fail();
        return {};
    }

    identity::content_hash hash() noexcept { return {in.array<identity::content_hash::size>()}; }

    /// Of a peer. More than we would pass on is as good as none.
    bytes_view optional_data() noexcept {
        if (!in.option()) return {};
        const bytes_view data = in.bytes(frame_size_max);
        return data.size() <= peer_data_taken_max ? data : bytes_view{};
    }

    peer_info peer() {
        const auto id = endpoint_id();
        return {id, optional_data()};
    }

    peer_list peers() {
        peer_list list;
        for (std::size_t left = in.count(shuffle_nodes_max); left > 0 && in.ok(); --left)
            list.push_back(peer());
        return list;
    }

    message swarm_message();
    message gossip_message();
    message payload() noexcept;
    message graft() noexcept;
    message ihave();
};

message parser::swarm_message() {
    switch (tag(6)) {
    case 0:
        return join_message{optional_data()};
    case 1: {
        const auto info = peer();
        return forward_join_message{info, in.u16()};
    }
    case 2: {
        shuffle_message shuffle{.origin = endpoint_id(), .nodes = peers()};
        shuffle.ttl = in.u16();
        return shuffle;
    }
    case 3:
        return shuffle_reply_message{peers()};
    case 4: {
        const auto how = tag(2) == 0 ? priority::high : priority::low;
        return neighbor_message{how, optional_data()};
    }
    default: {
        const bool is_alive = in.boolean();
        in.boolean();  // obsolete
        return disconnect_message{is_alive};
    }
    }
}

message parser::payload() noexcept {
    proto::gossip_message out;
    out.id = hash();
    out.content = in.bytes(frame_size_max);
    if (tag(2) == 1) {
        out.scope = delivery_scope::neighbors;
    } else {
        out.round = in.u16();
    }
    return out;
}

message parser::graft() noexcept {
    graft_message out;
    if (in.option()) out.id = hash();
    out.round = in.u16();
    return out;
}

message parser::ihave() {
    ihave_message out;
    for (std::size_t left = in.count(frame_size_max); left > 0 && in.ok(); --left) {
        const auto id = hash();
        out.items.push_back({id, in.u16()});
    }
    return out;
}

message parser::gossip_message() {
    switch (tag(4)) {
    case 0:
        return payload();
    case 1:
        return prune_message{};
    case 2:
        return graft();
    default:
        return ihave();
    }
}

}  // namespace

result<decoded_message> decode_message(bytes_view body, id_cache& ids) {
    if (body.size() > frame_size_max) return errc::frame_too_large;
    parser from{postcard_reader(body), ids};
    const bool is_swarm = from.tag(2) == 0;
    decoded_message out{is_swarm ? from.swarm_message() : from.gossip_message(), {}};
    if (from.has_bad_id) return errc::bad_endpoint_id;
    if (!from.in.ok()) return errc::malformed;
    out.extension = body.subspan(from.in.position());
    return out;
}

}  // namespace meshhost::gossip::proto
