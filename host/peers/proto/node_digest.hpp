// SPDX-License-Identifier: Apache-2.0
#pragma once
// The digest: a node's compact description of itself. Here its content and its one encoding
// (docs/wire/digest.md); signed_digest.hpp adds who said so.
#include "base/bytes.hpp"
#include "base/error.hpp"
#include "base/ip_endpoint.hpp"
#include "identity/endpoint_id.hpp"
#include "peers/proto/node_facts.hpp"

#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace meshhost::peers::proto {

using digest_value = std::
    variant<std::monostate, bool, std::int64_t, std::uint64_t, double, std::string, byte_buffer>;

/// One value that a role put into its node's digest, shown as "<role>.<key>".
struct contribution {
    std::string role;  ///< the role, "compute": [a-z0-9_-]{1,32}
    std::string key;   ///< [a-z0-9_.]{1,32}
    std::string unit;  ///< UCUM, or empty
    digest_value value;

    friend bool operator==(const contribution&, const contribution&) = default;
};

/// What a node says of its own state.
enum class node_state : std::uint8_t {
    joining = 0,
    alive = 1,
    degraded = 2,
    draining = 3,
    left = 4
};

/// Orders the digests of one origin: the larger one is newer.
struct digest_version {
    std::uint64_t incarnation = 0;
    std::uint64_t sequence = 0;

    friend auto operator<=>(const digest_version&, const digest_version&) = default;
};

struct node_digest {
    identity::endpoint_id origin;
    std::uint64_t incarnation = 0;  ///< raised at each start: Unix milliseconds then
    std::uint64_t sequence = 0;     ///< raised at each signing within an incarnation
    std::string mesh;               ///< the mesh's name
    std::string name;               ///< the node's name, for people
    std::string version;            ///< of meshhost
    node_state state = node_state::joining;
    std::chrono::milliseconds uptime{};  ///< since the start, on the node's own monotonic clock
    std::vector<std::string> roles;
    std::vector<ip_endpoint> addresses;
    std::vector<contribution> contributions;  ///< ascending by (role, key), each pair once

    node_tier tier = node_tier::edge;
    node_budget budget;
    load_class load;
    std::uint64_t capabilities = 0;          ///< bits
    std::string home_relay;                  ///< the URL of the relay that reaches it, or empty
    std::vector<neighbor_prefix> neighbors;  ///< in the gossip, ascending, each once
    std::chrono::seconds lease{};  ///< without a newer record in this time it is not there; 0: as
                                   ///< long as the reader thinks fit
    std::optional<node_meters> meters;

    digest_version number() const noexcept { return {incarnation, sequence}; }

    friend bool operator==(const node_digest&, const node_digest&) = default;
};

/// Whether the digest keeps every limit and form; no error when it does.
error_code check_digest(const node_digest& digest);

/// How much of a digest it takes.
std::size_t encoded_size(const contribution& item);

/// The canonical form. Errors: those of check_digest; too_large.
result<byte_buffer> encode_digest(const node_digest& digest);

/// Whose digest `body` says it is, without reading the rest.
/// Errors: malformed, unknown_layout, bad_origin.
result<identity::endpoint_id> digest_origin(bytes_view body);

/// Which of its origin's digests `body` says it is, without reading the rest.
/// Errors: those of digest_origin.
result<digest_version> digest_number(bytes_view body);

/// Reads what encode_digest writes; fields that a later version adds behind it are skipped.
/// Allocates no more than the digest's limits. Errors: any errc but those of signatures.
result<node_digest> decode_digest(bytes_view body);

}  // namespace meshhost::peers::proto
