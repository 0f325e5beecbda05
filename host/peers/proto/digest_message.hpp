// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the two ends of a `mesh/digest/1` stream say to each other (docs/wire/digest.md). A type
// that this version does not know is skipped, so that later versions can add some.
#include "peers/proto/frame_assembler.hpp"
#include "peers/proto/node_digest.hpp"

#include <optional>
#include <variant>

namespace meshhost::peers::proto {

/// A signed digest: the sender's own, or, back to its origin, a newer one than it just sent.
struct record_message {
    bytes_view record;  ///< for open_digest()
};

/// The newest digest of the receiver of this message that its sender has. The receiver sends the
/// next one only now: a slow peer gets the latest, never a queue.
struct heard_message {
    digest_version version;
};

/// Of a type that this version does not know.
struct unknown_message {};

using digest_message = std::variant<record_message, heard_message, unknown_message>;

/// Errors: malformed, for a payload that is not what its type says.
result<digest_message> read_message(const frame& from);

/// Precondition: record.size() <= record_size_max.
byte_buffer make_record_frame(bytes_view record);
byte_buffer make_heard_frame(const digest_version& version);

}  // namespace meshhost::peers::proto
