// SPDX-License-Identifier: Apache-2.0
#pragma once
// What changed in a digest, for those who hold an earlier record of the same incarnation
// (docs/wire/digest.md). A delta carries the signature of the record that it makes: whoever applies
// it holds that record whole, as if its origin had sent it, and can hand it on.
//
//   origin id, varint incarnation, varint sequence, varint base sequence, state (one byte),
//   varint uptime, fields as in a digest (an empty one is gone), signature (64 bytes)
#include "peers/proto/node_digest.hpp"

#include <bitset>
#include <optional>

namespace meshhost::peers::proto {

/// The tags of a digest's fields, known or not.
using tag_set = std::bitset<256>;

/// A delta as it was read: nothing of it is verified.
struct digest_delta {
    identity::endpoint_id origin;
    digest_version version;  ///< of the record that it makes
    std::uint64_t base = 0;  ///< any record of the incarnation from this sequence on will do
    bytes_view rest;         ///< from the state on
};

/// nullopt: these bytes cannot be one.
std::optional<digest_delta> read_delta(bytes_view body);

/// The record that the delta makes of an earlier one of its origin, for open_digest().
/// Errors: malformed, bad_field_order, too_large.
result<byte_buffer> apply_delta(bytes_view record, const digest_delta& delta);

/// Which fields of two records of one origin are not the same.
tag_set tags_that_differ(bytes_view record, bytes_view other);

/// The delta that makes `record` of any record since `base` that differs in no field but
/// `changed`. Precondition: `record` is well-formed.
byte_buffer make_delta(bytes_view record, std::uint64_t base, const tag_set& changed);

}  // namespace meshhost::peers::proto
