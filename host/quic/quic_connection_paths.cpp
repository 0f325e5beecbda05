// SPDX-License-Identifier: Apache-2.0
// Which paths a connection knows, and how it moves from one to another.
#include "quic/connection_id.hpp"
#include "quic/mapped_addr.hpp"
#include "quic/quic_connection.hpp"

#include <algorithm>
#include <utility>

namespace meshhost::quic {

bool quic_connection::migrate(path_id to, time_point now) {
    if (!is_client_ || !is_connected() || closing_) return false;
    const mapped_path path(mapped(to));
    const int rv =
        ngtcp2_conn_initiate_immediate_migration(conn_.get(), path.get(), to_tstamp(now));
    if (rv != 0) return false;
    use_path(to);
    mark_dirty();
    return true;
}

bool quic_connection::check_path(path_id to, time_point now) {
    if (!is_client_ || !is_connected() || closing_) return false;
    const mapped_path path(mapped(to));
    if (ngtcp2_conn_initiate_migration(conn_.get(), path.get(), to_tstamp(now)) != 0) return false;
    use_path(to);
    mark_dirty();
    return true;
}

std::optional<std::array<std::uint8_t, 32>> quic_connection::export_secret(std::string_view label
) const {
    if (!tls_) return std::nullopt;
    std::array<std::uint8_t, 32> out;
    const int rv = gnutls_prf_rfc5705(
        tls_->get(),
        label.size(),
        label.data(),
        0,
        nullptr,
        out.size(),
        reinterpret_cast<char*>(out.data())
    );
    return rv == 0 ? std::optional(out) : std::nullopt;
}

path_id quic_connection::current_path() const noexcept {
    return physical(*ngtcp2_conn_get_path(conn_.get()));
}

/// true: it was not in use yet.
bool quic_connection::use_path(path_id path) {
    if (std::find(paths_.begin(), paths_.end(), path) != paths_.end()) return false;
    if (paths_.size() >= paths_per_connection_max) {
        // The oldest that is not in use goes; home_ may still stand for the settled path.
        const auto oldest = std::find_if(paths_.begin(), paths_.end(), [&](path_id known) {
            return known != home_ && known != answered_ && known != current_path();
        });
        context_.port.release(*oldest);
        paths_.erase(oldest);
    }
    context_.port.retain(path);
    paths_.push_back(path);
    return true;
}

/// Whoever made it: ngtcp2 tells of those alone that a validation ends.
void quic_connection::notice_move() {
    if (!is_connected()) return;
    const path_id now = current_path();
    const path_id before = std::exchange(moved_to_, now);
    if (before == path_id{} || before == now) return;
    has_moved_ = true;
    black_hole_.moved();
}

void quic_connection::on_path_validation(const ngtcp2_path& checked, bool works) {
    has_moved_ = has_moved_ || works;
    if (sink_ != nullptr) sink_->on_path_checked(physical(checked), works);
}

}  // namespace meshhost::quic
