// SPDX-License-Identifier: Apache-2.0
#pragma once
// What peers_state has to do with the mesh beyond its own connections: the gossip topic, and
// comparisons with neighbours over `mesh/sync/1`.
#include "gossip/gossip_service.hpp"
#include "peers/digest_topic.hpp"
#include "peers/proto/peers_state.hpp"
#include "peers/sync_link.hpp"
#include "transport/accept_route.hpp"
#include "transport/endpoint.hpp"

#include <map>
#include <memory>
#include <optional>

namespace meshhost::peers {

inline constexpr std::string_view sync_alpn = "mesh/sync/1";

class mesh_driver_sink {
public:
    /// The machine was told something: it may want something.
    virtual void on_mesh_turn() = 0;
    // What the gossip told, after the machine.
    virtual void on_mesh_neighbor_up(const identity::endpoint_id& peer) = 0;
    virtual void on_mesh_neighbor_down(const identity::endpoint_id& peer, bool is_lost) = 0;
    virtual void on_mesh_lagged() = 0;

protected:
    ~mesh_driver_sink() = default;
};

/// Lifecycle: start(), then as the machine wants, then stop(). Owned by peers_service, whose
/// machine it drives. One thread: the shard's.
class mesh_driver final : private digest_topic_sink,
                          private sync_link_sink,
                          private gossip::address_source {
public:
    mesh_driver(
        net::shard& shard,
        transport::endpoint& endpoint,
        gossip::gossip_service& gossip,
        proto::peers_state& state,
        mesh_driver_sink& sink
    );
    mesh_driver(const mesh_driver&) = delete;
    mesh_driver& operator=(const mesh_driver&) = delete;
    ~mesh_driver();

    void start(
        const identity::topic_id& topic,
        const std::vector<identity::endpoint_addr>& bootstrap
    );
    /// The topic is looked for through this member, too.
    void meet(const identity::endpoint_id& peer);
    /// Leaves the topic.
    void stop();

    void perform(const proto::broadcast_output& what);
    void perform(const proto::sync_output& with);
    void perform(const proto::check_output& of);

    /// nullopt while there is no topic.
    std::optional<identity::topic_id> topic() const;
    std::size_t syncs() const noexcept { return syncs_.size(); }
    void add_owned(std::vector<const transport::connection*>& all) const;

private:
    void on_topic_message(bytes_view content) override;
    void on_topic_lagged() override;
    void on_topic_neighbor_up(const identity::endpoint_id& peer) override;
    void on_topic_neighbor_down(const identity::endpoint_id& peer, gossip::proto::down_reason why)
        override;
    void on_sync_connected(sync_link& link) override;
    void on_sync_stream(sync_link& link, std::shared_ptr<transport::stream> opened) override;
    void on_sync_data(sync_link& link, bytes_view data) override;
    void on_sync_ended(sync_link& link) override;
    void add_addresses(identity::endpoint_addr& to) const override;

    void accept(std::shared_ptr<transport::connection> incoming);
    void suggest_members();
    bool may_compare(const identity::endpoint_id& peer) const;
    std::shared_ptr<sync_link> make_link(const identity::endpoint_id& peer);

    net::shard& shard_;
    transport::endpoint& endpoint_;
    gossip::gossip_service& gossip_;
    proto::peers_state& state_;
    mesh_driver_sink& sink_;
    std::optional<transport::accept_route> route_;  ///< while there is a topic
    std::optional<digest_topic> topic_;
    std::map<const sync_link*, std::shared_ptr<sync_link>> syncs_;
};

}  // namespace meshhost::peers
