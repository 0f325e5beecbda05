// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the network around this host is like: a report now and then, and a port that the router
// forwards.
#include "base/http_url.hpp"
#include "base/log.hpp"
#include "nat/captive_portal.hpp"
#include "nat/netcheck_runner.hpp"
#include "nat/port_forwarder.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace meshhost::app {

struct survey_options {
    std::optional<std::uint16_t> port;  ///< for the router to forward; nullopt: it is not asked
    std::optional<http_url> relay;      ///< that is asked for a captive portal; nullopt: none is
    std::function<void(const std::optional<ip_endpoint>&)> on_mapped;
    std::function<void(const nat::proto::net_report&)> on_report;
    std::uint64_t seed = 0;
    logger log;
};

/// One thread: the shard's, and one that talks to the router. `shard` outlives it. Nothing is
/// called after it is gone.
class network_survey final : private nat::report_sink, private nat::forward_sink {
public:
    static constexpr std::size_t timers = 3;       ///< at most
    static constexpr std::size_t descriptors = 8;  ///< at most, while it asks
    static constexpr std::size_t threads = 1;

    network_survey(net::shard& shard, survey_options options);
    ~network_survey();

    /// Has a new report made with the help of these servers, unless one is under way or is new.
    void look(const std::vector<ip_endpoint>& servers);
    /// Another network, or other sockets: what is known is of the past. `port` is ours now.
    void network_changed(std::optional<std::uint16_t> port);

    /// The last whole one; nullptr: there is none yet.
    const nat::proto::net_report* report() const noexcept { return report_ ? &*report_ : nullptr; }
    const nat::proto::port_mapping_kinds& mapping_kinds() const noexcept { return kinds_; }

private:
    void on_net_report(const nat::proto::net_report& report) override;
    void on_forwarded(const std::optional<ip_endpoint>& outer) override;
    void on_mapping_kinds(const nat::proto::port_mapping_kinds& kinds) override;

    net::shard& shard_;
    survey_options options_;
    std::optional<nat::proto::net_report> report_;
    nat::proto::port_mapping_kinds kinds_;
    std::unique_ptr<nat::netcheck_runner> runner_;
    std::unique_ptr<nat::captive_portal_check> portal_;
    std::unique_ptr<nat::port_forwarder> forwarder_;  ///< nullptr: the router is not asked
};

}  // namespace meshhost::app
