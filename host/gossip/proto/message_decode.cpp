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

    message read(message_kind kind);
    message payload() noexcept;
    message graft() noexcept;
    message ihave();
};

/// The discriminant of an enum of so many cases.
std::uint32_t read_tag(postcard_reader& in, std::uint32_t cases) noexcept {
    const std::uint32_t value = in.u32();
    if (value >= cases) in.fail();
    return value;
}

/// Both discriminants of a message; of nothing in particular when they are none.
message_kind read_kind(postcard_reader& in) noexcept {
    constexpr auto swarm_kinds = static_cast<std::uint32_t>(message_kind::gossip);
    constexpr auto gossip_kinds =
        static_cast<std::uint32_t>(std::variant_size_v<message>) - swarm_kinds;
    const bool is_swarm = read_tag(in, 2) == 0;
    const std::uint32_t kind =
        is_swarm ? read_tag(in, swarm_kinds) : swarm_kinds + read_tag(in, gossip_kinds);
    return static_cast<message_kind>(kind);
}

message parser::read(message_kind kind) {
    switch (kind) {
    case message_kind::join:
        return join_message{optional_data()};
    case message_kind::forward_join: {
        const auto info = peer();
        return forward_join_message{info, in.u16()};
    }
    case message_kind::shuffle: {
        shuffle_message shuffle{.origin = endpoint_id(), .nodes = peers()};
        shuffle.ttl = in.u16();
        return shuffle;
    }
    case message_kind::shuffle_reply:
        return shuffle_reply_message{peers()};
    case message_kind::neighbor: {
        const auto how = read_tag(in, 2) == 0 ? priority::high : priority::low;
        return neighbor_message{how, optional_data()};
    }
    case message_kind::disconnect: {
        const bool is_alive = in.boolean();
        in.boolean();  // obsolete
        return disconnect_message{is_alive};
    }
    case message_kind::gossip:
        return payload();
    case message_kind::prune:
        return prune_message{};
    case message_kind::graft:
        return graft();
    case message_kind::ihave:
        return ihave();
    }
    in.fail();  // a tag of no kind
    return prune_message{};
}

message parser::payload() noexcept {
    gossip_message out;
    out.id = hash();
    out.content = in.bytes(frame_size_max);
    if (read_tag(in, 2) == 1) {
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

}  // namespace

std::optional<message_kind> kind_of(bytes_view body) noexcept {
    postcard_reader in(body);
    const message_kind kind = read_kind(in);
    if (!in.ok()) return std::nullopt;
    return kind;
}

bool is_for_neighbors(message_kind kind) noexcept {
    return kind == message_kind::forward_join || kind >= message_kind::gossip;
}

result<decoded_message> decode_message(bytes_view body, id_cache& ids) {
    if (body.size() > frame_size_max) return errc::frame_too_large;
    parser from{postcard_reader(body), ids};
    decoded_message out{from.read(read_kind(from.in)), {}};
    if (from.has_bad_id) return errc::bad_endpoint_id;
    if (!from.in.ok()) return errc::malformed;
    out.extension = body.subspan(from.in.position());
    return out;
}

}  // namespace meshhost::gossip::proto
