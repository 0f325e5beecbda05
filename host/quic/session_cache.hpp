// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a client remembers of a server between connections: the TLS ticket with the transport
// parameters it is bound to, and the address-validation token. Keyed by the peer's id (and ALPN),
// never by a name or an address. Bounded; least recently used goes first.
#include "identity/endpoint_id.hpp"
#include "quic/tls_session.hpp"

#include <ngtcp2/ngtcp2.h>

#include <list>
#include <map>
#include <optional>
#include <string>

namespace meshhost::quic {

struct resumption {
    session_ticket ticket;
    ngtcp2_transport_params parameters;  ///< remembered for 0-RTT (RFC 9000 §7.4.1)
};

class session_cache {
public:
    static constexpr std::size_t entries_max = 256;  // iroh's

    void store_ticket(
        const identity::endpoint_id& peer,
        const std::string& alpn,
        resumption remembered
    );
    /// One use: a ticket is given out once, so that observers cannot link connections by it
    /// (RFC 8446 §C.4).
    std::optional<resumption> take_ticket(
        const identity::endpoint_id& peer,
        const std::string& alpn
    );

    void store_token(const identity::endpoint_id& peer, byte_buffer token);
    /// One use (RFC 9000 §8.1.3). Empty when there is none.
    byte_buffer take_token(const identity::endpoint_id& peer);

    std::size_t tickets() const noexcept { return tickets_.size(); }
    std::size_t tokens() const noexcept { return tokens_.size(); }

private:
    /// Oldest first; the map finds the list's node.
    template <class Key, class Value>
    class bounded_map {
    public:
        void put(Key key, Value value) {
            take(key);
            if (order_.size() >= entries_max) {
                index_.erase(order_.front().first);
                order_.pop_front();
            }
            order_.emplace_back(key, std::move(value));
            index_.emplace(std::move(key), std::prev(order_.end()));
        }
        std::optional<Value> take(const Key& key) {
            const auto found = index_.find(key);
            if (found == index_.end()) return std::nullopt;
            std::optional<Value> value(std::move(found->second->second));
            order_.erase(found->second);
            index_.erase(found);
            return value;
        }
        std::size_t size() const noexcept { return order_.size(); }

    private:
        std::list<std::pair<Key, Value>> order_;
        std::map<Key, typename std::list<std::pair<Key, Value>>::iterator> index_;
    };

    bounded_map<std::pair<identity::endpoint_id, std::string>, resumption> tickets_;
    bounded_map<identity::endpoint_id, byte_buffer> tokens_;
};

}  // namespace meshhost::quic
