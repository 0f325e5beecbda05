// SPDX-License-Identifier: Apache-2.0
#pragma once
// What can be wrong with a digest or with the bytes of a peer, and the application error codes
// that a `mesh/digest/1` connection is closed with (docs/wire/digest.md).
#include "base/error.hpp"

#include <cstdint>
#include <type_traits>

namespace meshhost::peers::proto {

enum class errc {
    malformed = 1,     ///< bytes that do not read as what they should be
    too_large,         ///< the record or frame exceeds its limit
    unknown_layout,    ///< a layout that this version cannot read
    bad_origin,        ///< the origin is not an Ed25519 public key
    bad_field_order,   ///< fields twice, or not in ascending order
    not_canonical,     ///< the same content has a shorter encoding
    bad_state,         ///< no such node state
    bad_uptime,        ///< longer than a century
    bad_text,          ///< too long, not UTF-8, or with control characters
    bad_role,          ///< a role is not [a-z0-9_-]{1,32}, or named twice
    bad_address,       ///< not an address that one can dial
    bad_contribution,  ///< a key, unit, value or order that is not allowed
    too_many,          ///< more roles, addresses or contributions than their limit
    bad_signature,     ///< the origin did not sign these bytes
    bad_number,        ///< an incarnation or sequence that nobody reaches
    bad_facts,         ///< no such tier, budget, load or lease, or neighbours out of order
    role_too_large,    ///< a role's contributions take more than config::contribution_bytes_max
};

const boost::system::error_category& peers_category() noexcept;

inline error_code make_error_code(errc value) noexcept {
    return {static_cast<int>(value), peers_category()};
}

/// Why a connection of this protocol was closed by the one who closed it. On the wire: never
/// renumbered, unknown ones read as `unspecified`.
enum class close_code : std::uint64_t {
    unspecified = 0,
    leaving = 1,         ///< the node stops in order: it has left, it has not died
    superseded = 2,      ///< another connection between the same two replaces this one
    wrong_mesh = 3,      ///< the two belong to different meshes
    bad_frame = 4,       ///< a frame that cannot be read, or over its size
    bad_record = 5,      ///< a digest that cannot be read
    forged_record = 6,   ///< a digest whose signature is not its origin's
    foreign_record = 7,  ///< a digest of somebody else than the two ends
    too_fast = 8,        ///< more records or frames than allowed
    silent = 9,          ///< connected and sent no digest
    unresponsive = 10,   ///< took a digest and never acknowledged it
    bad_stream = 11,     ///< a second stream, or the only one ended
    too_many = 12,       ///< a table is full
    same_identity = 13,  ///< the two ends have one key: a copied key file
};

/// A few fixed words, a fault's about the one whose connection is closed; "closed" for what this
/// version does not know.
const char* to_string(close_code code) noexcept;

}  // namespace meshhost::peers::proto

template <>
struct boost::system::is_error_code_enum<meshhost::peers::proto::errc> : std::true_type {};
