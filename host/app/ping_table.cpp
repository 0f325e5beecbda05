// SPDX-License-Identifier: Apache-2.0
#include "app/ping_table.hpp"

#include "app/snapshots.hpp"

namespace meshhost::app {

namespace {

ping::ping_options options_of(const admin::ping_request& request) {
    return {
        .count = request.count,
        .size = request.size,
        .interval = request.interval,
        .timeout = request.timeout};
}

}  // namespace

/// Between one client and the one who asked.
class ping_table::entry final : public ping::ping_sink {
public:
    entry(
        ping_table& table,
        const admin::ping_request& request,
        std::shared_ptr<admin::ping_sink> sink
    )
        : table_(table)
        , sink_(std::move(sink))
        , client_(table.shard_, table.endpoint_, *this, options_of(request)) {}

    void start(const identity::endpoint_addr& to) { client_.start(to); }
    const transport::connection* connection() const noexcept { return client_.connection(); }

    void on_ping_result(const ping::ping_result& result, const transport::path_info& path)
        override {
        if (!sink_->on_reply({result.sequence, result.rtt, snapshot_of(path)})) client_.stop();
    }

    void on_ping_done(const ping::ping_summary& summary) override {
        const auto sink = std::move(sink_);
        const auto fault = summary.fault;
        table_.running_.remove_if([this](const auto& each) { return each.get() == this; });
        sink->on_done(fault);  // not a member any more: this object is gone
    }

private:
    ping_table& table_;
    std::shared_ptr<admin::ping_sink> sink_;
    ping::ping_client client_;
};

ping_table::ping_table(net::shard& shard, transport::endpoint& endpoint)
    : shard_(shard)
    , endpoint_(endpoint) {}

ping_table::~ping_table() = default;

std::vector<const transport::connection*> ping_table::owned() const {
    std::vector<const transport::connection*> all;
    for (const auto& each : running_)
        if (each->connection() != nullptr) all.push_back(each->connection());
    return all;
}

outcome<void> ping_table::start(
    const identity::endpoint_addr& to,
    const admin::ping_request& request,
    std::shared_ptr<admin::ping_sink> sink
) {
    if (running_.size() >= pings_max)
        return failure{
            exit_code::failure,
            "E_TOO_MANY_PINGS",
            "too many pings are under way already",
            "wait for one of them to end"};
    running_.push_back(std::make_unique<entry>(*this, request, std::move(sink)));
    running_.back()->start(to);
    return {};
}

}  // namespace meshhost::app
