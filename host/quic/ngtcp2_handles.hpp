// SPDX-License-Identifier: Apache-2.0
#pragma once
// Owners of the C libraries' objects, and our time in theirs.
#include "base/time.hpp"

#include <gnutls/gnutls.h>
#include <ngtcp2/ngtcp2.h>

#include <cstddef>
#include <cstdint>
#include <memory>

namespace meshhost::quic {

/// What exists of the objects behind an endpoint's connections, counted where they are made and
/// unmade, and nowhere else: for the audit.
struct object_counts {
    std::size_t connections = 0;  ///< ngtcp2_conn
    std::uint64_t streams_opened = 0;
    std::uint64_t streams_closed = 0;
};

struct connection_deleter {
    object_counts* counts = nullptr;
    void operator()(ngtcp2_conn* conn) const noexcept {
        ngtcp2_conn_del(conn);
        --counts->connections;
    }
};
using ngtcp2_conn_ptr = std::unique_ptr<ngtcp2_conn, connection_deleter>;

inline ngtcp2_conn_ptr own(ngtcp2_conn* conn, object_counts& counts) noexcept {
    ++counts.connections;
    return ngtcp2_conn_ptr(conn, connection_deleter{&counts});
}

struct session_deleter {
    void operator()(gnutls_session_int* session) const noexcept { gnutls_deinit(session); }
};
using gnutls_session_ptr = std::unique_ptr<gnutls_session_int, session_deleter>;

inline ngtcp2_tstamp to_tstamp(time_point at) noexcept {
    return static_cast<ngtcp2_tstamp>(at.time_since_epoch().count());
}

/// ngtcp2's UINT64_MAX ("never") becomes no_deadline.
inline time_point from_tstamp(ngtcp2_tstamp at) noexcept {
    const auto largest = static_cast<ngtcp2_tstamp>(no_deadline.time_since_epoch().count());
    return at >= largest ? no_deadline : time_point(duration(static_cast<duration::rep>(at)));
}

inline ngtcp2_duration to_ngtcp2(duration length) noexcept {
    return static_cast<ngtcp2_duration>(length.count());
}

}  // namespace meshhost::quic
