// SPDX-License-Identifier: Apache-2.0
#pragma once
// A record: a digest and its origin's signature, the unit that travels and is kept. Whoever
// holds one can hand it on, and whoever gets one need not trust the hand.
#include "identity/secret_key.hpp"
#include "peers/proto/config.hpp"
#include "peers/proto/node_digest.hpp"

namespace meshhost::peers::proto {

/// Signs `digest`, whose origin must be the key's owner, and gives the record's bytes:
/// the encoded digest, then 64 bytes of Ed25519 over "meshhost digest v1", a zero byte and the
/// encoded digest. Errors: those of encode_digest; bad_origin.
result<byte_buffer> sign_digest(const identity::secret_key& key, const node_digest& digest);

/// Verifies a record, then reads it: nothing of an unsigned digest is interpreted but its origin.
/// Errors: too_large, malformed, unknown_layout, bad_origin, bad_signature; those of decode_digest.
result<node_digest> open_digest(bytes_view record);

}  // namespace meshhost::peers::proto
