// SPDX-License-Identifier: Apache-2.0
#pragma once
// mesh.gossip/1 in C++. What is heard is proven to be its author's; it may come twice, and some of
// it may not come at all.
#include <mesh/role.hpp>

#include <cstdint>
#include <functional>
#include <string_view>
#include <utility>

namespace mesh {

/// What becomes of messages that come faster than the role takes them.
struct topic_options {
    std::uint32_t messages = 0;  ///< that may wait; 0: as many as the host thinks fit
    std::uint64_t bytes = 0;
    std::uint32_t policy = MESH_LAG_DROP_OLDEST;  ///< MESH_LAG_*
    /// So many were lost. With MESH_LAG_CLOSE the subscription has ended.
    std::function<void(const mesh_ev_gossip_lagged&)> lagged = {};
};

inline scoped role::subscribe(
    std::string_view topic,
    std::function<void(const mesh_ev_gossip&)> f,
    topic_options options
) {
    mesh_gossip_opts plain{};
    plain.struct_size = sizeof plain;
    plain.queue_msgs = options.messages;
    plain.queue_bytes = options.bytes;
    plain.lag_policy = options.policy;
    return add<mesh_gossip_v1>(
        [f = std::move(f), lagged = std::move(options.lagged)](const mesh_event& e) {
            if (e.kind == MESH_EV_GOSSIP) f(reinterpret_cast<const mesh_ev_gossip&>(e));
            if (e.kind == MESH_EV_GOSSIP_LAGGED && lagged)
                lagged(reinterpret_cast<const mesh_ev_gossip_lagged&>(e));
        },
        &mesh_gossip_v1::unsubscribe,
        "subscribe",
        [&](const auto& table, auto tag, auto* out) {
            return table.subscribe(host_, str(topic), &plain, tag, out);
        }
    );
}

inline scoped role::subscribe(
    std::string_view topic,
    std::function<void(const mesh_ev_gossip&)> f
) {
    return subscribe(topic, std::move(f), topic_options{});
}

inline bool role::publish(std::string_view topic, std::string_view body, std::uint32_t flags) {
    const auto status = need<mesh_gossip_v1>().publish(host_, str(topic), bytes(body), flags);
    if (status == MESH_E_AGAIN) return false;
    check(status, "publish");
    return true;
}

}  // namespace mesh
