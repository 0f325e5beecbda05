// SPDX-License-Identifier: Apache-2.0
#include "quic/session_cache.hpp"

namespace meshhost::quic {

void session_cache::store_ticket(
    const identity::endpoint_id& peer,
    const std::string& alpn,
    resumption remembered
) {
    tickets_.put({peer, alpn}, std::move(remembered));
}

std::optional<resumption> session_cache::take_ticket(
    const identity::endpoint_id& peer,
    const std::string& alpn
) {
    return tickets_.take({peer, alpn});
}

void session_cache::store_token(const identity::endpoint_id& peer, byte_buffer token) {
    tokens_.put(peer, std::move(token));
}

byte_buffer session_cache::take_token(const identity::endpoint_id& peer) {
    return tokens_.take(peer).value_or(byte_buffer{});
}

}  // namespace meshhost::quic
