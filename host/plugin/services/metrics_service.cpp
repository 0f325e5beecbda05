// SPDX-License-Identifier: Apache-2.0
#include "plugin/services/metrics_service.hpp"

#include "net/shard.hpp"
#include "plugin/proto/limits.hpp"
#include "plugin/services/mesh_services.hpp"

#include <utility>

namespace meshhost::plugin {

metrics_service::metrics_service(net::shard& shard, downlink& to)
    : shard_(shard)
    , to_(to)
    , patience_(shard, *this) {}

metrics_service::~metrics_service() {
    tell_all(false);
}

bool metrics_service::ask(metrics_teller tell) {
    if (waiting_.size() == proto::figures_askers_max) return false;
    waiting_.push_back(std::move(tell));
    if (waiting_.size() > 1) return true;  // all get the same answer
    patience_.arm(shard_.now() + proto::figures_limit);
    to_.send(proto::down::metrics_wanted{});
    return true;
}

void metrics_service::take(proto::up::metrics_said&& said) {
    known_ = std::move(said.metrics);
    tell_all(true);
}

void metrics_service::on_deadline(time_point) {
    tell_all(false);
}

void metrics_service::tell_all(bool is_fresh) {
    patience_.arm(no_deadline);
    for (const auto& tell : std::exchange(waiting_, {}))
        tell(known_, is_fresh);
}

}  // namespace meshhost::plugin
