// SPDX-License-Identifier: Apache-2.0
#pragma once
// Looks every two seconds at what this process uses. What is dear to count, and changes seldom, is
// counted at every fifth look.
#include "net/deadline_timer.hpp"
#include "net/shard.hpp"
#include "usage/process_meter.hpp"
#include "usage/proto/budget_watch.hpp"
#include "usage/proto/cpu_rate.hpp"

namespace meshhost::usage {

inline constexpr duration sample_interval = 2s;
inline constexpr unsigned looks_per_count = 5;

class usage_sink {
public:
    /// After each look.
    virtual void on_usage(
        time_point now,
        const proto::usage& used,
        const proto::budget& budget
    ) = 0;
    /// `kind` is "cpu" or "memory".
    virtual void on_budget_news(const char* kind, const proto::budget_news& news) = 0;

protected:
    ~usage_sink() = default;
};

/// Looks from start() on until it is destroyed. One thread: the shard's. `shard` and `sink`
/// outlive it.
class usage_sampler final : private net::deadline_sink {
public:
    usage_sampler(net::shard& shard, usage_sink& sink, const proto::limits& configured);

    void start();

    const proto::usage& used() const noexcept { return used_; }
    const proto::budget& budget() const noexcept { return budget_; }
    bool is_over_budget() const noexcept { return cpu_.is_over() || memory_.is_over(); }
    const process_meter& meter() const noexcept { return meter_; }

    /// One look, as at `now`. The timer does this by itself.
    void look(time_point now);

private:
    void on_deadline(time_point now) override;

    net::shard& shard_;
    usage_sink& sink_;
    proto::limits configured_;
    process_meter meter_;
    proto::budget budget_;
    proto::usage used_;
    proto::cpu_rate rate_;
    proto::budget_watch cpu_{"millicores"};
    proto::budget_watch memory_{"bytes"};
    unsigned looks_ = 0;
    net::deadline_timer timer_;
};

}  // namespace meshhost::usage
