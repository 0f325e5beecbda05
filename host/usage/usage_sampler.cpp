// SPDX-License-Identifier: Apache-2.0
#include "usage/usage_sampler.hpp"

namespace meshhost::usage {

usage_sampler::usage_sampler(net::shard& shard, usage_sink& sink, const proto::limits& configured)
    : shard_(shard)
    , sink_(sink)
    , configured_(configured)
    , budget_(proto::effective_budget(configured, meter_.cgroup_limits()))
    , timer_(shard, *this) {}

void usage_sampler::start() {
    look(shard_.now());
    timer_.arm(shard_.now() + sample_interval);
}

void usage_sampler::on_deadline(time_point now) {
    look(now);
    timer_.arm(now + sample_interval);
}

void usage_sampler::look(time_point now) {
    used_.cpu_millicores = rate_.read(now, cpu_spent());
    used_.rss_bytes = meter_.resident_bytes();
    if (looks_++ % looks_per_count == 0) {
        used_.descriptors = meter_.descriptors();
        used_.threads = meter_.threads();
        budget_ = proto::effective_budget(configured_, meter_.cgroup_limits());
    }
    sink_.on_usage(now, used_, budget_);
    if (const auto news = cpu_.read(now, used_.cpu_millicores, budget_.most.cpu_millicores))
        sink_.on_budget_news("cpu", *news);
    if (const auto news = memory_.read(now, used_.rss_bytes, budget_.most.memory_bytes))
        sink_.on_budget_news("memory", *news);
}

}  // namespace meshhost::usage
