// SPDX-License-Identifier: Apache-2.0
// Writing, and what each kind counts as.
#include "gossip/proto/message.hpp"
#include "wire/postcard.hpp"

#include <boost/endian/conversion.hpp>

namespace meshhost::gossip::proto {

namespace {

struct encoder {
    wire::postcard_writer out;

    /// Both discriminants of a message are below 128: a byte each.
    void tags(std::uint8_t outer, std::uint8_t inner) {
        out.u8(outer);
        out.u8(inner);
    }
    void optional_data(bytes_view data) {
        out.option(!data.empty());
        if (!data.empty()) out.bytes(data);
    }
    void peer(const peer_info& info) {
        out.fixed(info.id.bytes());
        optional_data(info.data);
    }
    void peers(const peer_list& list) {
        out.varint(list.size());
        for (const peer_info& info : list)
            peer(info);
    }

    void operator()(const join_message& m) {
        tags(0, 0);
        optional_data(m.data);
    }
    void operator()(const forward_join_message& m) {
        tags(0, 1);
        peer(m.peer);
        out.varint(m.ttl);
    }
    void operator()(const shuffle_message& m) {
        tags(0, 2);
        out.fixed(m.origin.bytes());
        peers(m.nodes);
        out.varint(m.ttl);
    }
    void operator()(const shuffle_reply_message& m) {
        tags(0, 3);
        peers(m.nodes);
    }
    void operator()(const neighbor_message& m) {
        tags(0, 4);
        out.u8(static_cast<std::uint8_t>(m.how));
        optional_data(m.data);
    }
    void operator()(const disconnect_message& m) {
        tags(0, 5);
        out.boolean(m.is_alive);
        out.boolean(false);  // obsolete
    }
    void operator()(const gossip_message& m) {
        tags(1, 0);
        out.fixed(m.id.bytes);
        out.bytes(m.content);
        if (m.scope == delivery_scope::neighbors) return out.u8(1);
        out.u8(0);
        out.varint(m.round);
    }
    void operator()(const prune_message&) { tags(1, 1); }
    void operator()(const graft_message& m) {
        tags(1, 2);
        out.option(m.id.has_value());
        if (m.id) out.fixed(m.id->bytes);
        out.varint(m.round);
    }
    void operator()(const ihave_message& m) {
        tags(1, 3);
        out.varint(m.items.size());
        for (const announcement& item : m.items) {
            out.fixed(item.id.bytes);
            out.varint(item.round);
        }
    }
};

struct classifier {
    traffic_class operator()(const shuffle_message&) { return traffic_class::shuffle; }
    traffic_class operator()(const shuffle_reply_message&) { return traffic_class::shuffle; }
    traffic_class operator()(const gossip_message&) { return traffic_class::payload; }
    traffic_class operator()(const prune_message&) { return traffic_class::repair; }
    traffic_class operator()(const graft_message&) { return traffic_class::repair; }
    traffic_class operator()(const ihave_message&) { return traffic_class::announce; }
    template <class Membership>
    traffic_class operator()(const Membership&) {
        return traffic_class::membership;
    }
};

}  // namespace

bool append_frame(byte_buffer& out, const message& what, const extension& after) {
    const std::size_t start = out.size();
    out.resize(start + frame_length_size);
    std::visit(encoder{wire::postcard_writer(out)}, what);
    const std::size_t body = start + frame_length_size;
    const std::size_t bare = out.size();
    if (bare - body > frame_sent_max) {
        out.resize(start);
        return false;
    }
    append_extension(out, after);
    if (out.size() - body > frame_sent_max) out.resize(bare);
    boost::endian::store_big_u32(out.data() + start, static_cast<std::uint32_t>(out.size() - body));
    return true;
}

traffic_class class_of(const message& what) noexcept {
    return std::visit(classifier{}, what);
}

}  // namespace meshhost::gossip::proto
