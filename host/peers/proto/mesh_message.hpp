// SPDX-License-Identifier: Apache-2.0
#pragma once
// What hosts gossip about each other (docs/wire/digest.md): a kind (one byte), then
//
//   1  record   a signed digest
//   2  loss     subject id, varint incarnation, varint sequence, reporter id, signature (64 bytes)
//   3  delta    what changed in a signed digest, see digest_delta.hpp
//   4  query    as a loss, of somebody who asks whether the subject is there
//
// Gossip does not say who wrote a message, so all are signed. Other kinds are of later versions.
#include "identity/secret_key.hpp"
#include "peers/proto/digest_delta.hpp"

#include <optional>
#include <variant>

namespace meshhost::peers::proto {

/// A signed digest, for open_digest().
struct announced_record {
    bytes_view record;
};

/// `reporter` held a connection to the subject and lost it. A newer digest of the subject refutes
/// it.
struct loss_report {
    identity::endpoint_id subject;
    digest_version version;  ///< the newest of the subject's that the reporter has
    identity::endpoint_id reporter;
};

/// A report as it travels, for is_genuine().
struct announced_loss {
    loss_report report;
    bytes_view body;  ///< what it was read from, the signature included
};

/// The same of somebody who has only heard that the subject is gone, and asks it: a newer digest
/// of the subject answers. Nobody else takes it for anything.
struct announced_query {
    loss_report report;
    bytes_view body;
};

using mesh_message = std::variant<announced_record, announced_loss, announced_query, digest_delta>;

/// Verifies nothing. nullopt: it is none of them.
std::optional<mesh_message> read_mesh_message(bytes_view content);
/// The reporter signed it.
bool is_genuine(const announced_loss& loss);
bool is_genuine(const announced_query& query);

/// Precondition: record.size() <= announced_size_max.
byte_buffer make_record_message(bytes_view record);
/// Precondition: as for a record.
byte_buffer make_delta_message(bytes_view delta);
/// Precondition: `key` is the reporter's.
byte_buffer make_loss_message(const identity::secret_key& key, const loss_report& report);
byte_buffer make_query_message(const identity::secret_key& key, const loss_report& report);

}  // namespace meshhost::peers::proto
