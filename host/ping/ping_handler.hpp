// SPDX-License-Identifier: Apache-2.0
#pragma once
// The answering side of `mesh/ping/1` (docs/wire/digest.md): gives back what it is sent.
#include "transport/alpn_router.hpp"

#include <memory>
#include <set>
#include <string_view>
#include <vector>

namespace meshhost::ping {

inline constexpr std::string_view ping_alpn = "mesh/ping/1";

/// Bidirectional streams are echoed until FIN, DATAGRAM frames are echoed, unidirectional streams
/// are read and dropped. An echo costs its sender as much as us and changes nothing here, so
/// that it may arrive as early data.
///
/// Memory: what a peer sends and does not take back waits here, and is bounded by the windows
/// that the transport grants, because credit is returned only for what has been echoed.
class ping_handler final : public transport::protocol_handler {
public:
    void on_connection(std::shared_ptr<transport::connection> incoming) override;
    bool is_replay_safe() const noexcept override { return true; }

    /// The connections being served. For the audit.
    std::vector<const transport::connection*> owned() const;

private:
    using connection_set = std::set<const transport::connection*>;
    std::shared_ptr<connection_set> served_ =
        std::make_shared<connection_set>();  ///< shared with the connections
};

}  // namespace meshhost::ping
