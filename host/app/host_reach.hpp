// SPDX-License-Identifier: Apache-2.0
#pragma once
// How this host is reached, and finds others: its relays, holes punched through NATs, discovery.
#include "app/network_survey.hpp"
#include "base/error.hpp"
#include "config/host_config.hpp"
#include "discovery/mdns_source.hpp"
#include "identity/secret_key.hpp"
#include "net/tls_context.hpp"
#include "reach/outside_watch.hpp"
#include "reach/reach_service.hpp"
#include "transport/endpoint.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>

namespace meshhost::app {

/// What the endpoint needs of it before it is there.
struct relay_access {
    std::string token;
    std::unique_ptr<net::tls_client_context> tls;  ///< nullptr: the machine's authorities
};

/// Errors: E_RELAY_TOKEN, E_TLS.
outcome<relay_access> open_relay_access(const config::relay_config& settings);

struct reach_parts {
    net::shard& shard;
    transport::endpoint& endpoint;
    const config::host_config& settings;
    const identity::secret_key& key;
    std::function<identity::endpoint_addr(const identity::endpoint_id&)> address_of;
    std::function<void()> on_self_changed;
    std::function<void(const identity::endpoint_id&, const nat::proto::reach&)> on_reach_changed;
    /// Somebody was found on this network who may be of the mesh.
    std::function<void(const identity::endpoint_addr&)> on_found;
    std::function<void(const identity::endpoint_id&)> on_lost;
};

/// One thread: the shard's. What the parts name outlives it.
class host_reach final : private discovery::discovery_sink {
public:
    explicit host_reach(reach_parts parts);
    ~host_reach();

    /// Begins to look, and to be found.
    void start();
    /// What this host is found at is another than before.
    void refresh();

    const reach::reach_service& service() const noexcept { return service_; }
    std::vector<reach::outside_view> servers() const;
    /// nullptr: nothing is asked.
    const network_survey* survey() const noexcept { return survey_.get(); }
    /// nullptr: it is switched off.
    const discovery::mdns_source* mdns() const noexcept { return mdns_.get(); }
    /// Whom discovery has found and not lost.
    const std::map<identity::endpoint_id, identity::endpoint_addr>& found() const noexcept {
        return found_;
    }

private:
    void on_found(const identity::endpoint_addr& endpoint, discovery::provenance from) override;
    void on_lost(const identity::endpoint_id& endpoint, discovery::provenance from) override;
    void open_outside();
    void open_survey();
    std::optional<std::uint16_t> port_to_forward() const;
    void look_around();
    void note_report(const nat::proto::net_report& report);
    void on_network_changed();

    reach_parts parts_;
    logger log_{"reach"};
    reach::reach_service service_;
    std::unique_ptr<reach::outside_watch> outside_;  ///< nullptr: nobody to ask
    std::unique_ptr<network_survey> survey_;
    std::unique_ptr<discovery::mdns_source> mdns_;
    std::map<identity::endpoint_id, identity::endpoint_addr> found_;  ///< found_max at most
};

}  // namespace meshhost::app
