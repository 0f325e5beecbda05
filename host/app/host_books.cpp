// SPDX-License-Identifier: Apache-2.0
// What the host uses, and whether its books agree.
#include "app/host.hpp"
#include "app/host_settings.hpp"
#include "introspect/message.hpp"

#include <fmt/format.h>

#include <utility>

namespace meshhost::app {

void host::watch_usage() {
    const auto& settings = options_.settings.values;
    budget_observer& self = *this;
    load_ = std::make_unique<load_reporter>(load_parts{
        *peers_,
        *reporter_,
        *endpoint_,
        gossip_.get(),
        self,
        settings.digest.emit_interval != duration::zero(),
        [this](time_point now) { look(now); }});
    usage_ = std::make_unique<usage::usage_sampler>(
        shard_,
        *load_,
        usage::proto::limits{settings.budget.cpu_millicores, settings.budget.memory_bytes}
    );
    usage_->start();
}

/// The last of all: what is open by then belongs to the host.
void host::open_books() {
    audit_parts parts{
        .shard = shard_,
        .endpoint = *endpoint_,
        .peers = *peers_,
        .gossip = gossip_.get(),
        .gossip_alpn = options_.settings.values.gossip.alpn,
        .plugins = plugins_.get(),
        .pings = &api_->pings(),
        .echo = echo_.get(),
        .meter = &usage_->meter(),
        .api_connections = [this] {
            return admin_->connections() + (dashboard_ ? dashboard_->connections() : 0)
                   + (health_ ? health_->connections() : 0);
        }};
    parts.users.push_back({"introspect", {std::string(introspect::introspect_alpn)}, [this] {
                               auto all = asker_->owned();
                               const auto served = answerer_->owned();
                               all.insert(all.end(), served.begin(), served.end());
                               return all;
                           }});
    parts.users.push_back({"message", {std::string(message::message_alpn)}, [this] {
                               return messages_->owned();
                           }});
    parts.users.push_back({"reach", {std::string(reach::reach_alpn)}, [this] {
                               return reach_->service().owned();
                           }});
    parts.telemetry = &telemetry_;
    parts.reach = reach_.get();
    parts.has_dashboard = dashboard_ != nullptr;
    audit_observer& self = *this;
    auditor_ = std::make_unique<auditor>(shard_, std::move(parts), self, logger("audit"));
    auditor_->start(audit_interval(options_.settings));
    api_->set_auditor(auditor_.get());
}

void host::on_budget_news(const char* kind, const usage::proto::budget_news& news) {
    const std::string budget = std::string(kind) + " budget";
    telemetry::event what;
    what.from = news.is_over ? "within the " + budget : "over the " + budget;
    what.to = news.is_over ? "over the " + budget : "within the " + budget;
    what.reason = news.words;
    events_.write(telemetry::event_type::self_state, std::move(what));
}

void host::on_discrepancy(const audit_finding& finding) {
    telemetry::event what;
    what.name = finding.owner;
    what.to = finding.rule;
    what.reason =
        fmt::format("{}: expected {}, found {}", finding.words, finding.expected, finding.found);
    events_.write(telemetry::event_type::audit_discrepancy, std::move(what));
}

}  // namespace meshhost::app
