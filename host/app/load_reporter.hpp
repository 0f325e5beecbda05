// SPDX-License-Identifier: Apache-2.0
#pragma once
// What this process uses, on its way into what the node says of itself: classes of load, figures
// for a host that sends them on a clock, and a word when it uses more than it may.
#include "app/self_reporter.hpp"
#include "gossip/gossip_service.hpp"
#include "peers/peers_service.hpp"
#include "peers/proto/load_tracker.hpp"
#include "transport/endpoint.hpp"
#include "usage/usage_sampler.hpp"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace meshhost::app {

peers::proto::node_budget node_budget_of(const usage::proto::budget& budget);

/// `used` of what there is: of the budget, or of the machine where none is declared; below 0 when
/// neither is known.
double share_of(std::uint64_t used, std::uint64_t budget, std::uint64_t machine);

/// Hears of budgets that are exceeded, and kept again.
class budget_observer {
public:
    /// `kind` is "cpu" or "memory".
    virtual void on_budget_news(const char* kind, const usage::proto::budget_news& news) = 0;

protected:
    ~budget_observer() = default;
};

/// What is told to whom. All of it outlives the reporter.
struct load_parts {
    peers::peers_service& peers;
    self_reporter& reporter;
    const transport::endpoint& endpoint;
    const gossip::gossip_service* gossip = nullptr;
    budget_observer& observer;
    bool sends_meters = false;
    std::function<void(time_point)> on_look = {};  ///< may be empty; after each look
};

/// One thread: the shard's.
class load_reporter final : public usage::usage_sink {
public:
    explicit load_reporter(const load_parts& parts)
        : parts_(parts) {}

    /// Called by the sampler alone.
    void on_usage(
        time_point now,
        const usage::proto::usage& used,
        const usage::proto::budget& budget
    ) override;
    void on_budget_news(const char* kind, const usage::proto::budget_news& news) override;

    /// A sentence for each budget that is exceeded now.
    std::vector<std::string> warnings() const;

private:
    peers::proto::node_meters meters_of(const usage::proto::usage& used) const;

    load_parts parts_;
    usage::proto::limits machine_ = usage::machine_limits();
    peers::proto::load_tracker tracker_;
    std::map<std::string, std::string> exceeded_;  ///< by kind
    logger log_{"host"};
};

}  // namespace meshhost::app
