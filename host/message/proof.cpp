// SPDX-License-Identifier: Apache-2.0
#include "message/proof.hpp"

#include "identity/keyed_hash.hpp"

namespace meshhost::message {

namespace {

using namespace std::string_view_literals;

constexpr std::string_view domain = "meshhost message v1\0"sv;

}  // namespace

std::optional<proof> make_proof(
    bytes_view secret,
    const identity::endpoint_id& sender,
    const identity::endpoint_id& receiver
) {
    if (secret.empty()) return std::nullopt;
    byte_buffer words;
    for (const bytes_view part : {as_bytes(domain), sender.bytes(), receiver.bytes()})
        words.insert(words.end(), part.begin(), part.end());
    return identity::hash_with_secret(secret, words);
}

bool is_proof(
    const std::optional<proof>& shown,
    bytes_view secret,
    const identity::endpoint_id& sender,
    const identity::endpoint_id& receiver
) {
    const auto wanted = make_proof(secret, sender, receiver);
    return !wanted || (shown && identity::is_same(*wanted, *shown));
}

}  // namespace meshhost::message
