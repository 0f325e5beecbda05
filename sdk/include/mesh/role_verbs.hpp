// SPDX-License-Identifier: Apache-2.0
#pragma once
// The bodies of role's verbs. Included by role.hpp.
#include <mesh/role.hpp>

namespace mesh {

template <class T>
T role::configured(std::uint32_t which, std::string_view path, T fallback) const {
    const auto* table = have<mesh_config_v1>();
    if (table == nullptr) return fallback;
    mesh_value found{};
    const auto status = table->get(host_, which, str(path), &found);
    if (status == MESH_E_NOT_FOUND) return fallback;
    check(status, "config");
    if constexpr (type_of<T>() == MESH_T_BOOL) {
        return found.as.b != 0;
    } else if constexpr (type_of<T>() == MESH_T_F64) {
        return static_cast<T>(
            found.type == MESH_T_F64 ? found.as.f64 : static_cast<double>(found.as.i64)
        );
    } else if constexpr (std::is_integral_v<T>) {
        return static_cast<T>(found.as.i64);
    } else {
        return T(view(found.as.str));
    }
}

template <class Table, class Start>
scoped role::add(
    handler f,
    mesh_status (*Table::*end)(const mesh_host*, mesh_handle) noexcept,
    const char* what,
    Start&& start
) {
    const auto& table = need<Table>();
    const auto tag = handlers_.add(std::move(f));
    mesh_handle handle = 0;
    const auto status = start(table, tag, &handle);
    if (status < 0) handlers_.remove(tag);
    check(status, what);
    return {host_, handlers_, tag, handle, table.*end};
}

inline scoped role::every(ns period, std::function<void()> f, std::string_view name) {
    return add<mesh_timer_v1>(
        [f = std::move(f)](const mesh_event&) { f(); },
        &mesh_timer_v1::cancel,
        "timer",
        [&](const auto& table, auto tag, auto* out) {
            return table.start(host_, str(name), period.count(), period.count(), tag, out);
        }
    );
}

inline scoped role::peers(
    std::function<void(const mesh_ev_peer&)> f,
    std::string_view role_filter
) {
    return add<mesh_peers_v1>(
        [f = std::move(f)](const mesh_event& e) { f(reinterpret_cast<const mesh_ev_peer&>(e)); },
        &mesh_peers_v1::unwatch,
        "peers",
        [&](const auto& table, auto tag, auto* out) {
            return table.watch(host_, str(role_filter), tag, out);
        }
    );
}

inline scoped role::listen(std::string_view alpn, handler f) {
    return add<mesh_stream_v1>(
        std::move(f),
        &mesh_stream_v1::unlisten,
        "listen",
        [&](const auto& table, auto tag, auto* out) {
            return table.listen(host_, bytes(alpn), nullptr, tag, out);
        }
    );
}

template <class F>
void role::for_each_peer(F&& f) const {
    const auto& table = need<mesh_peers_v1>();
    mesh_peer peer{};
    peer.struct_size = sizeof peer;
    std::uint64_t cursor = 0;
    while (table.next(host_, &cursor, &peer) == MESH_OK)
        f(std::as_const(peer));
}

inline std::size_t role::peer_count(std::string_view role_filter) const {
    std::size_t count = 0;
    for_each_peer([&](const mesh_peer& peer) {
        if (role_filter.empty() || has_role(peer, role_filter)) ++count;
    });
    return count;
}

inline void role::post(std::function<void()> f) {
    // Held across the host call, which never calls back, so that events and functions pair up.
    const std::lock_guard lock(posted_mutex_);
    posted_.push_back(std::move(f));
    const auto status = host_->post(host_, posted_tag, nullptr);
    if (status < 0) posted_.pop_back();
    check(status, "post");
}

inline void role::run_posted() {
    std::unique_lock lock(posted_mutex_);
    if (posted_.empty()) return;
    const auto next = std::move(posted_.front());
    posted_.pop_front();
    lock.unlock();
    next();
}

inline void role::dispatch(const mesh_event& event) {
    if (event.kind == MESH_EV_POSTED && event.tag == posted_tag) return run_posted();
    if (!handlers_.dispatch(event)) on_event(event);
}

}  // namespace mesh
