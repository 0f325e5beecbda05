// SPDX-License-Identifier: Apache-2.0
#pragma once
// The parts of an encoded digest: its head, and fields by tag. Those that say what a node is (7 to
// 14) are written and read in fact_fields.cpp.
#include "peers/proto/node_digest.hpp"
#include "wire/postcard.hpp"

namespace meshhost::peers::proto {

inline constexpr std::uint8_t digest_layout = 1;

/// What a digest has before its fields, as numbers that are not judged yet.
struct digest_head {
    identity::endpoint_id origin;
    digest_version version;
    std::uint8_t state = 0;
    std::uint64_t uptime = 0;  ///< milliseconds
};

inline void write_head(wire::postcard_writer& out, const digest_head& head) {
    out.u8(digest_layout);
    out.fixed(head.origin.bytes());
    out.varint(head.version.incarnation);
    out.varint(head.version.sequence);
    out.u8(head.state);
    out.varint(head.uptime);
}

enum class field : std::uint8_t {
    mesh = 1,
    name = 2,
    version = 3,
    roles = 4,
    addresses = 5,
    contributions = 6,
    tier = 7,
    budget = 8,
    load = 9,
    capabilities = 10,
    home_relay = 11,
    neighbors = 12,
    lease = 13,
    meters = 14
};

/// An empty one is left out.
inline void write_field(wire::postcard_writer& out, std::uint8_t tag, bytes_view content) {
    if (content.empty()) return;
    out.u8(tag);
    out.bytes(content);
}

inline void write_field(wire::postcard_writer& out, field tag, bytes_view content) {
    write_field(out, static_cast<std::uint8_t>(tag), content);
}

/// Tags 7 to 14, those that are not what a digest that says nothing has.
void write_facts(wire::postcard_writer& out, const node_digest& digest);
/// Errors: malformed, too_many, bad_facts.
error_code read_fact(field tag, bytes_view content, node_digest& digest);
/// Their part of check_digest.
error_code check_facts(const node_digest& digest);

}  // namespace meshhost::peers::proto
