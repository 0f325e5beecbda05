// SPDX-License-Identifier: Apache-2.0
#pragma once
// The host's side of mesh.metrics/1: asks the instance when somebody wants to know.
#include "net/deadline_timer.hpp"
#include "plugin/proto/link_message.hpp"
#include "telemetry/metric.hpp"

#include <functional>
#include <vector>

namespace meshhost::net {
class shard;
}  // namespace meshhost::net

namespace meshhost::plugin {

class downlink;

/// `is_fresh`: said just now; else what was last known, of an instance that is busy or over.
using metrics_teller = std::function<void(const telemetry::metrics_snapshot&, bool is_fresh)>;

/// The shard's thread.
class metrics_service final : net::deadline_sink {
public:
    metrics_service(net::shard& shard, downlink& to);
    metrics_service(const metrics_service&) = delete;
    metrics_service& operator=(const metrics_service&) = delete;
    /// Tells those who wait what is known.
    ~metrics_service();

    /// `tell` is called once, perhaps from inside. False: too many wait already.
    bool ask(metrics_teller tell);

    void take(proto::up::metrics_said&& said);

private:
    void on_deadline(time_point now) override;
    void tell_all(bool is_fresh);

    net::shard& shard_;
    downlink& to_;
    net::deadline_timer patience_;
    std::vector<metrics_teller> waiting_;
    telemetry::metrics_snapshot known_;
};

}  // namespace meshhost::plugin
