// SPDX-License-Identifier: Apache-2.0
#pragma once
// What happens, into the journal: hears the rooms and says what is different from before.
#include "nat/proto/reach_reason.hpp"
#include "peers/peers_observer.hpp"
#include "plugin/plugin_manager.hpp"
#include "telemetry/event_journal.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace meshhost::app {

/// Remembers of each peer that the registry holds what it last wrote. One thread: the shard's. The
/// journal outlives it.
class event_recorder final : public peers::peers_observer {
public:
    using listener = std::function<void(const telemetry::event&)>;

    explicit event_recorder(telemetry::event_journal& journal)
        : journal_(journal) {}

    /// Who hears of each event before it is in the journal; empty: nobody.
    void set_listener(listener heard) { listener_ = std::move(heard); }

    void on_peer_changed(const peers::peer_view& peer) override;
    void on_peer_forgotten(const identity::endpoint_id& peer) override;
    void on_self_changed(const peers::proto::node_digest& self) override;
    void on_neighbor_up(const identity::endpoint_id& peer) override;
    void on_neighbor_down(const identity::endpoint_id& peer, bool is_lost) override;
    void on_gossip_lagged() override;

    void on_instance_changed(const plugin::instance_status& status);
    /// Why it is reached as it is, is another than before.
    void on_reach_changed(const identity::endpoint_id& peer, const nat::proto::reach& now);
    /// Somebody had a fault injected, in words.
    void on_lab_fault(std::string what);
    /// Anything else.
    void write(telemetry::event_type type, telemetry::event what);

    const telemetry::event_journal& journal() const noexcept { return journal_; }

private:
    struct known_peer {
        std::string name;
        std::string state;
        peers::proto::state_evidence evidence;
        std::string path;
        std::string reach;
    };

    telemetry::event of_peer(const identity::endpoint_id& peer) const;

    telemetry::event_journal& journal_;
    listener listener_;
    std::map<identity::endpoint_id, known_peer> peers_;
    std::map<std::string, std::string, std::less<>> instances_;  ///< their states
    std::string self_state_;
};

}  // namespace meshhost::app
