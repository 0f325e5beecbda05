// SPDX-License-Identifier: Apache-2.0
#include "app/network_survey.hpp"

#include "net/shard.hpp"

#include <utility>

namespace meshhost::app {

namespace {

constexpr duration report_life = std::chrono::minutes(5);  ///< iroh's

}  // namespace

network_survey::network_survey(net::shard& shard, survey_options options)
    : shard_(shard)
    , options_(std::move(options)) {
    if (!options_.port) return;
    nat::forward_options forward;
    forward.seed = options_.seed;
    forward.log = options_.log;
    nat::forward_sink& self = *this;
    forwarder_ = std::make_unique<nat::port_forwarder>(shard_, self, std::move(forward));
    forwarder_->forward(options_.port);
}

network_survey::~network_survey() = default;

void network_survey::look(const std::vector<ip_endpoint>& servers) {
    const bool is_new = report_ && shard_.now() - report_->made_at < report_life;
    if (runner_ || is_new || servers.empty()) return;
    nat::proto::netcheck_plan plan;
    plan.servers = servers;
    plan.awaits_captive_portal = options_.relay.has_value();
    nat::report_sink& self = *this;
    auto started = nat::netcheck_runner::start(shard_, self, std::move(plan), options_.log);
    if (!started) {
        options_.log.debug("no net report: {}", started.error().message);
        return;
    }
    runner_ = std::move(*started);
    if (!options_.relay) return;
    portal_ = std::make_unique<nat::captive_portal_check>(
        shard_,
        *options_.relay,
        [this](nat::proto::finding found) {
            if (runner_) runner_->note_captive_portal(found);
        }
    );
}

void network_survey::network_changed(std::optional<std::uint16_t> port) {
    report_.reset();
    runner_.reset();
    portal_.reset();
    if (!forwarder_) return;
    if (std::exchange(options_.port, port) != port) forwarder_->forward(port);
    forwarder_->handle_network_change();
}

void network_survey::on_net_report(const nat::proto::net_report& report) {
    const bool is_worth_telling = !report_ || is_news(*report_, report);
    report_ = report;
    report_->port_mapping = kinds_;
    if (is_worth_telling) options_.log.info("{}", verdict(*report_));
    options_.on_report(*report_);
    runner_.reset();
    portal_.reset();
}

void network_survey::on_forwarded(const std::optional<ip_endpoint>& outer) {
    if (outer) options_.log.info("the router forwards {} to this host", outer->to_string());
    options_.on_mapped(outer);
}

void network_survey::on_mapping_kinds(const nat::proto::port_mapping_kinds& kinds) {
    kinds_ = kinds;
    if (report_) report_->port_mapping = kinds;
}

}  // namespace meshhost::app
