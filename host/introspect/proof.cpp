// SPDX-License-Identifier: Apache-2.0
#include "introspect/proof.hpp"

#include "identity/keyed_hash.hpp"

namespace meshhost::introspect {

namespace {

using namespace std::string_view_literals;

/// Keeps it apart from whatever else is derived from the same secret.
constexpr std::string_view context = "meshhost introspect v1\0"sv;

identity::keyed_hash hash_of(
    bytes_view secret,
    const identity::endpoint_id& asker,
    const identity::endpoint_id& asked
) {
    byte_buffer message;
    for (const bytes_view part : {as_bytes(context), asker.bytes(), asked.bytes()})
        message.insert(message.end(), part.begin(), part.end());
    return identity::hash_with_secret(secret, message);
}

}  // namespace

std::string make_proof(
    bytes_view secret,
    const identity::endpoint_id& asker,
    const identity::endpoint_id& asked
) {
    if (secret.empty()) return "";
    return to_hex(hash_of(secret, asker, asked));
}

bool is_proof(
    std::string_view proof,
    bytes_view secret,
    const identity::endpoint_id& asker,
    const identity::endpoint_id& asked
) {
    if (secret.empty()) return true;
    const auto bytes = from_hex(proof);
    return bytes && identity::is_same(hash_of(secret, asker, asked), *bytes);
}

}  // namespace meshhost::introspect
