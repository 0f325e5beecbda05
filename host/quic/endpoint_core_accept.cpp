// SPDX-License-Identifier: Apache-2.0
// Newcomers: who is let in, who must first prove its address, and what those get who are not
// ours (RFC 9000 §6, §8, §10.3). Nothing here keeps state for an address that proved nothing.
#include "quic/endpoint_core.hpp"

#include <netinet/in.h>
#include <ngtcp2/ngtcp2_crypto.h>

#include <algorithm>
#include <cstring>

namespace meshhost::quic {

namespace {

constexpr std::size_t short_packet_max = 1500;
constexpr std::size_t reset_size_min = 21;  // RFC 9000 §10.3: shorter ones are not recognised
constexpr std::size_t reset_size_max = 43;

/// What ngtcp2 binds address-validation tokens to.
struct token_address {
    explicit token_address(const ip_endpoint& endpoint) {
        storage.sin6_family = AF_INET6;
        storage.sin6_port = htons(endpoint.port);
        storage.sin6_scope_id = endpoint.is_v4() ? 4 : 6;  // keeps the families apart
        std::memcpy(&storage.sin6_addr, endpoint.address.data(), endpoint.address.size());
    }
    const ngtcp2_sockaddr* get() const {
        return reinterpret_cast<const ngtcp2_sockaddr*>(&storage);
    }

    sockaddr_in6 storage{};
};

}  // namespace

void endpoint_core::accept(
    path_id path,
    std::uint8_t ecn,
    std::span<std::uint8_t> data,
    time_point now
) {
    ngtcp2_pkt_hd header;
    if (ngtcp2_accept(&header, data.data(), data.size()) != 0) {
        ++counters_.datagrams_dropped;
        return;
    }
    std::optional<ngtcp2_cid> retried;
    switch (admit(path, header, retried, now)) {
    case admission::admit:
        break;
    case admission::retry:
        return send_retry(path, header, now);
    case admission::drop:
        ++counters_.datagrams_dropped;
        return;
    }
    const accept_parameters parameters{
        .path = path,
        .header = header,
        .retried = retried ? &*retried : nullptr,
        .alpns = options_.alpns,
    };
    auto made = quic_connection::accept(context(), parameters, now);
    if (made == nullptr) {
        ++counters_.datagrams_dropped;
        return;
    }
    quic_connection& connection = adopt(std::move(made));
    connection.book.half_open = true;
    ++half_open_;
    // The first flight may come again, from this address or another: it is this connection's.
    claim_first_id(connection, header.dcid);
    if (retried) claim_first_id(connection, *retried);
    connection.receive(path, ecn, data, now);
}

void endpoint_core::claim_first_id(quic_connection& connection, const ngtcp2_cid& cid) {
    // A stranger chose it: what another connection goes by stays that connection's.
    const connection_id id(cid);
    if (ids_.try_emplace(id, &connection).second) connection.book.first_ids.push_back(id);
}

endpoint_core::admission endpoint_core::admit(
    path_id path,
    ngtcp2_pkt_hd& header,
    std::optional<ngtcp2_cid>& retried,
    time_point now
) {
    const token_address address(port_.address_of(path));
    bool proved = false;
    if (header.token.len > 0 && header.token.base[0] == NGTCP2_CRYPTO_TOKEN_MAGIC_RETRY) {
        ngtcp2_cid original;
        const int rv = ngtcp2_crypto_verify_retry_token(
            &original,
            header.token.base,
            header.token.len,
            token_key_.data(),
            token_key_.size(),
            header.version,
            address.get(),
            sizeof address.storage,
            &header.dcid,
            to_ngtcp2(retry_token_lifetime),
            to_tstamp(now)
        );
        if (rv != 0) return admission::drop;
        retried = original;
        proved = true;
    } else if (header.token.len > 0) {
        proved = ngtcp2_crypto_verify_regular_token(
                     header.token.base,
                     header.token.len,
                     token_key_.data(),
                     token_key_.size(),
                     address.get(),
                     sizeof address.storage,
                     to_ngtcp2(address_token_lifetime),
                     to_tstamp(now)
                 )
                 == 0;
    }
    if (!proved) header.token = {nullptr, 0};  // another server's, or too old: as if none
    if (slots_.size() >= options_.transport.connections_max) {
        send_refusal(path, header, now);
        return admission::drop;
    }
    if (half_open_ >= options_.transport.half_open_hard_max) return admission::drop;
    if (!proved && half_open_ >= options_.transport.half_open_max) return admission::retry;
    return admission::admit;
}

void endpoint_core::send_retry(path_id path, const ngtcp2_pkt_hd& header, time_point now) {
    if (!retries_.take(now)) return;
    const ngtcp2_cid next = issuer_.issue();
    const token_address address(port_.address_of(path));
    std::array<std::uint8_t, NGTCP2_CRYPTO_MAX_RETRY_TOKENLEN> token;
    const ngtcp2_ssize token_size = ngtcp2_crypto_generate_retry_token(
        token.data(),
        token_key_.data(),
        token_key_.size(),
        header.version,
        address.get(),
        sizeof address.storage,
        &next,
        &header.dcid,
        to_tstamp(now)
    );
    if (token_size < 0) return;
    std::array<std::uint8_t, short_packet_max> packet;
    const ngtcp2_ssize size = ngtcp2_crypto_write_retry(
        packet.data(),
        packet.size(),
        header.version,
        &header.scid,
        &next,
        &header.dcid,
        token.data(),
        static_cast<std::size_t>(token_size)
    );
    if (size <= 0) return;
    ++counters_.retries_sent;
    send_one(path, {packet.data(), static_cast<std::size_t>(size)});
}

void endpoint_core::send_refusal(path_id path, const ngtcp2_pkt_hd& header, time_point now) {
    if (!resets_.take(now)) return;
    std::array<std::uint8_t, short_packet_max> packet;
    const ngtcp2_ssize size = ngtcp2_crypto_write_connection_close(
        packet.data(),
        packet.size(),
        header.version,
        &header.scid,
        &header.dcid,
        NGTCP2_CONNECTION_REFUSED,
        nullptr,
        0
    );
    if (size > 0) send_one(path, {packet.data(), static_cast<std::size_t>(size)});
}

void endpoint_core::send_version_negotiation(
    path_id path,
    const ngtcp2_version_cid& ids,
    time_point now
) {
    ++counters_.datagrams_dropped;
    if (!negotiations_.take(now)) return;
    std::uint8_t unused = 0;
    fill_random(&unused, 1);
    std::uint32_t const versions[] = {NGTCP2_PROTO_VER_V1};
    std::array<std::uint8_t, short_packet_max> packet;
    const ngtcp2_ssize size = ngtcp2_pkt_write_version_negotiation(
        packet.data(),
        packet.size(),
        unused,
        ids.scid,
        ids.scidlen,
        ids.dcid,
        ids.dcidlen,
        versions,
        std::size(versions)
    );
    if (size > 0) send_one(path, {packet.data(), static_cast<std::size_t>(size)});
}

void endpoint_core::send_stateless_reset(
    path_id path,
    const connection_id& id,
    std::size_t trigger,
    time_point now
) {
    ++counters_.datagrams_dropped;
    // Smaller than what caused it, so that two endpoints cannot keep each other going.
    if (trigger <= reset_size_min || !resets_.take(now)) return;
    std::size_t const room = std::min(reset_size_max, trigger - 1);
    ngtcp2_cid cid;
    ngtcp2_cid_init(&cid, id.bytes.data(), id.size);
    const reset_token token = issuer_.token_of(cid);
    std::array<std::uint8_t, reset_size_max> noise;
    fill_random(noise.data(), noise.size());
    std::array<std::uint8_t, reset_size_max> packet;
    const ngtcp2_ssize size = ngtcp2_pkt_write_stateless_reset(
        packet.data(),
        room,
        token.data(),
        noise.data(),
        room - token.size()
    );
    if (size <= 0) return;
    ++counters_.resets_sent;
    send_one(path, {packet.data(), static_cast<std::size_t>(size)});
}

void endpoint_core::send_one(path_id path, bytes_view datagram) {
    // Lost if the port is full: each of these is sent again when it is asked for again.
    (void)port_.send({path, datagram, datagram.size(), 0});
}

connection_sink* endpoint_core::on_accepted(quic_connection& connection) {
    leave_half_open(connection);
    std::size_t& count = accepted_per_peer_[connection.peer()];
    const bool many = count >= options_.transport.connections_per_peer_max;
    if (many) {
        connection.refuse("too many connections from this peer");
        return nullptr;
    }
    ++count;
    connection.book.counted_for_peer = true;
    connection_sink* const sink = sink_.on_incoming(connection);
    if (sink == nullptr) connection.refuse("nobody serves this protocol");
    return sink;
}

void endpoint_core::leave_half_open(quic_connection& connection) {
    if (std::exchange(connection.book.half_open, false)) --half_open_;
}

bool endpoint_core::is_replay_safe(std::string_view alpn) const {
    return sink_.is_replay_safe(alpn);
}

byte_buffer endpoint_core::make_token(path_id path, time_point now) const {
    const token_address address(port_.address_of(path));
    byte_buffer token(NGTCP2_CRYPTO_MAX_REGULAR_TOKENLEN);
    const ngtcp2_ssize size = ngtcp2_crypto_generate_regular_token(
        token.data(),
        token_key_.data(),
        token_key_.size(),
        address.get(),
        sizeof address.storage,
        to_tstamp(now)
    );
    token.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
    return token;
}

}  // namespace meshhost::quic
