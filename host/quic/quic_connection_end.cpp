// SPDX-License-Identifier: Apache-2.0
// How a connection ends, in the words of close_cause.
#include "quic/quic_connection.hpp"

#include <utility>

namespace meshhost::quic {

namespace {

constexpr std::uint64_t tls_alert_base = 0x100;  // RFC 9001 §4.8
constexpr std::uint64_t no_application_protocol = tls_alert_base + 120;

}  // namespace

void quic_connection::end(close_cause cause, std::uint64_t code, std::string reason) {
    if (!ended_) ended_ = close_reason{cause, code, std::move(reason)};
    mark_dirty();
}

close_reason quic_connection::peer_close_reason() const {
    if (reset_by_peer_) return {close_cause::stateless_reset, 0, {}};
    ngtcp2_connection_close_error received;
    ngtcp2_connection_close_error_default(&received);
    ngtcp2_conn_get_connection_close_error(conn_.get(), &received);
    close_cause cause = close_cause::transport_error;
    if (received.type == NGTCP2_CONNECTION_CLOSE_ERROR_CODE_TYPE_APPLICATION) {
        cause = close_cause::closed_by_peer;
    } else if (received.error_code == NGTCP2_APPLICATION_ERROR) {
        // Before the handshake is done its own code and words stay hidden (RFC 9000 §10.2.3).
        return {close_cause::closed_by_peer, 0, {}};
    } else if (received.error_code == no_application_protocol) {
        cause = close_cause::alpn_mismatch;
    } else if (received.error_code == NGTCP2_CONNECTION_REFUSED) {
        cause = close_cause::refused;
    }
    return {cause, received.error_code, printable_reason(received.reason, received.reasonlen)};
}

void quic_connection::end_after_error(int error) {
    if (ended_ || closing_) return;
    switch (error) {
    case NGTCP2_ERR_DRAINING: {
        close_reason reason = peer_close_reason();
        return end(reason.cause, reason.code, std::move(reason.reason));
    }
    case NGTCP2_ERR_IDLE_CLOSE:
        return end(close_cause::idle_timeout, 0, {});
    case NGTCP2_ERR_HANDSHAKE_TIMEOUT:
        return end(close_cause::handshake_timeout, 0, {});
    case NGTCP2_ERR_RETRY:
    case NGTCP2_ERR_DROP_CONN:
        return end(close_cause::refused, 0, "dropped");
    case NGTCP2_ERR_RECV_VERSION_NEGOTIATION:
        return end(close_cause::transport_error, 0, "no common QUIC version");
    default:
        break;
    }
    // Ours to tell the peer: the close packet leaves with the next flush.
    ngtcp2_connection_close_error told;
    ngtcp2_connection_close_error_default(&told);
    if (error == NGTCP2_ERR_CRYPTO) {
        std::uint8_t const alert = ngtcp2_conn_get_tls_alert(conn_.get());
        ngtcp2_connection_close_error_set_transport_error_tls_alert(&told, alert, nullptr, 0);
    } else {
        ngtcp2_connection_close_error_set_transport_error_liberr(&told, error, nullptr, 0);
    }
    const bool alpn = told.error_code == no_application_protocol;
    const close_cause cause = alpn ? close_cause::alpn_mismatch : close_cause::transport_error;
    close_with(told, {cause, told.error_code, ngtcp2_strerror(error)});
}

void quic_connection::on_stateless_reset() {
    reset_by_peer_ = true;
}

void quic_connection::deliver_end() {
    if (std::exchange(end_delivered_, true) || sink_ == nullptr) return;
    sink_->on_closed(*ended_);
}

}  // namespace meshhost::quic
