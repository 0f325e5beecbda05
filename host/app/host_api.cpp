// SPDX-License-Identifier: Apache-2.0
#include "app/host_api.hpp"

#include <mesh/plugin.h>

#include "admin/replies.hpp"
#include "admin/snapshot_json.hpp"
#include "app/plugin_setup.hpp"
#include "app/probe_sections.hpp"
#include "app/reach_report.hpp"
#include "app/snapshots.hpp"
#include "base/quote.hpp"
#include "config/config_text.hpp"
#include "identity/random_text.hpp"

#include <fmt/format.h>

#include <unistd.h>

#include <algorithm>

namespace meshhost::app {

admin::node_snapshot host_api::node() const {
    const auto& settings = parts_.settings.values;
    const auto& self = parts_.peers.self();
    const auto address = parts_.endpoint.address();
    const auto now = parts_.shard.now();
    admin::node_snapshot out;
    out.id = address.id.to_hex();
    out.base32 = address.id.to_base32();
    out.z32 = address.id.to_z32();
    out.ticket = identity::format_ticket(address);
    out.name = self.name;
    out.instance = settings.node.instance;
    out.mesh = self.mesh;
    out.version = self.version;
    out.abi = fmt::format("{}.{}", MESH_ABI_MAJOR, MESH_ABI_MINOR);
    out.state = text_of(self.state);
    out.key_file = settings.identity.key_file.string();
    out.roles = self.roles;
    out.bound = texts_of(parts_.endpoint.bound());
    out.addresses = texts_of(address.direct);
    out.contributions = snapshot_of(self.contributions);
    out.started_at = started_at_;
    out.uptime = now - started_;
    if (ready_) out.ready_after = *ready_ - started_;
    out.process_id = ::getpid();
    out.tier = text_of(self.tier);
    out.budget = snapshot_of(self.budget);
    out.load = snapshot_of(self.load);
    out.warnings = warnings();
    if (const auto topic = digest_topic()) {
        out.gossip = snapshot_of(*topic);
        out.gossip->topic = parts_.peers.topic()->to_hex();
    }
    return out;
}

std::vector<std::string> host_api::warnings() const {
    auto all = parts_.load == nullptr ? std::vector<std::string>() : parts_.load->warnings();
    for (auto& each : parts_.telemetry->warnings())
        all.push_back(std::move(each));
    if (parts_.event_files != nullptr)
        if (auto trouble = parts_.event_files->trouble(); !trouble.empty())
            all.push_back(std::move(trouble));
    if (dashboard_ != nullptr)
        for (auto& each : dashboard_->warnings())
            all.push_back(std::move(each));
    if (auditor_ == nullptr) return all;
    for (const auto& each : auditor_->standing())
        all.push_back(
            fmt::format("the books do not add up: {}, {}: {}", each.owner, each.rule, each.words)
        );
    return all;
}

std::optional<gossip::proto::topic_probe> host_api::digest_topic() const {
    const auto topic = parts_.peers.topic();
    if (parts_.gossip == nullptr || !topic) return std::nullopt;
    return parts_.gossip->measure(*topic);
}

std::vector<admin::peer_snapshot> host_api::peers() const {
    std::vector<admin::peer_snapshot> all;
    const auto now = parts_.shard.now();
    const auto topic = digest_topic();
    const auto by_gossip = gossip_paths();
    for (const auto& peer : parts_.peers.snapshot()) {
        all.push_back(snapshot_of(peer, now));
        const auto reached = by_gossip.find(peer.entry.id);
        if (!all.back().path && reached != by_gossip.end()) all.back().path = reached->second;
        if (topic) all.back().gossip = gossip_mode_of(*topic, peer.entry.id);
    }
    return all;
}

admin::reach_snapshot host_api::reach() const {
    if (reach_ == nullptr) return {};
    const bool is_relay_only = parts_.settings.values.relay.only;
    return snapshot_of(*reach_, parts_.endpoint, parts_.peers, is_relay_only);
}

std::vector<admin::plugin_snapshot> host_api::plugins() const {
    std::vector<admin::plugin_snapshot> all;
    for (const auto& each : parts_.plugins.status())
        all.push_back(snapshot_of(each, parts_.shard.now()));
    return all;
}

outcome<void> host_api::restart_plugin(const std::string& instance) {
    return parts_.plugins.restart(instance);
}

outcome<void> host_api::enable_plugin(const std::string& instance) {
    return parts_.plugins.enable(instance);
}

outcome<void> host_api::reload_plugin(
    const std::string& instance,
    const std::string& path,
    admin::reload_sink answer
) {
    return parts_.plugins.reload(
        instance,
        path,
        [this, answer = std::move(answer)](const outcome<plugin::instance_status>& how) {
            if (how)
                answer(snapshot_of(*how, parts_.shard.now()));
            else
                answer(how.error());
        }
    );
}

std::vector<admin::probe_section> host_api::probe() const {
    std::vector<admin::probe_section> sections{
        section_of(parts_.endpoint.measure()),
        section_of(parts_.peers.measure()),
        section_of(parts_.plugins.measure(), parts_.plugins.status().size()),
        {"ping", {{"running", pings_.size()}}},
        {"journal",
         {{"events_kept", parts_.events.journal().size()},
          {"bytes_kept", parts_.events.journal().bytes()}}},
        section_of(parts_.shard),
        process_section()};
    if (asker_ != nullptr && answerer_ != nullptr)
        sections.push_back(section_of(asker_->measure(), answerer_->measure()));
    if (parts_.gossip != nullptr) sections.push_back(section_of(parts_.gossip->measure()));
    if (parts_.event_files != nullptr)
        sections.push_back({"event_files", parts_.event_files->counters()});
    if (dashboard_ != nullptr) sections.push_back({"observe", dashboard_->counters()});
    for (auto& each : parts_.telemetry->sections())
        sections.push_back(std::move(each));
    return sections;
}

boost::json::object host_api::config() const {
    auto all = config::settings_json(parts_.settings, {});
    for (const auto& plugin : parts_.plugins.status()) {
        const auto key = fmt::format("plugin.{}.path", plugin.instance);
        if (all.contains(key)) continue;  // else it came from the command line
        all[key] = {{"value", plugin.path}, {"origin", "--plugin"}, {"reload", "restart"}};
    }
    return all;
}

bool host_api::names_this_host(const std::string& peer) const {
    constexpr std::size_t digits_min = 4;  // as meshctl takes the start of an id
    const auto id = parts_.endpoint.id().to_hex();
    return peer == parts_.peers.self().name || (peer.size() >= digits_min && id.starts_with(peer));
}

/// By id, wherever the peer was last seen or is said to be; or as a ticket says.
outcome<identity::endpoint_addr> host_api::resolve(const std::string& peer) const {
    const bool has_address = peer.starts_with("endpoint") || peer.find('@') != std::string::npos;
    const auto to = has_address ? identity::parse_peer(peer) : find_known(peer);
    const bool is_self = to ? to->id == parts_.endpoint.id() : names_this_host(peer);
    if (!is_self) return to;
    return failure{
        exit_code::usage,
        "E_PEER_SELF",
        "that is this host itself",
        "meshctl status tells about it; meshctl peers lists the others"};
}

outcome<identity::endpoint_addr> host_api::find_known(const std::string& peer) const {
    const auto id = identity::endpoint_id::parse(peer);
    if (!id || !parts_.peers.find(*id))
        return failure{
            exit_code::unreachable,
            "E_PEER_UNKNOWN",
            fmt::format("no peer is known as {}", in_quotes(peer)),
            "meshctl peers lists those that are known; another can be named by its ticket"};
    return address_of(*id);
}

identity::endpoint_addr host_api::address_of(const identity::endpoint_id& peer) const {
    return app::address_of(parts_.peers, parts_.named, peer);
}

outcome<void> host_api::ping(
    const admin::ping_request& request,
    std::shared_ptr<admin::ping_sink> sink
) {
    const auto to = resolve(request.peer);
    if (!to) return to.error();
    return pings_.start(*to, request, std::move(sink));
}

outcome<void> host_api::audit(admin::audit_sink sink) {
    if (auditor_ == nullptr)
        return failure{exit_code::failure, "E_NOT_READY", "the host is not ready yet", ""};
    return auditor_->check([this, sink = std::move(sink)](const audit_report& report) {
        auto shown = snapshot_of(report);
        shown.unwell = admin::unwell_roles(plugins());
        sink(shown);
    });
}

std::vector<telemetry::span> host_api::message_spans() const {
    if (parts_.telemetry->tracer() == nullptr) return {};
    const auto& all = parts_.telemetry->tracer()->spans().spans();
    return {all.begin(), all.end()};
}

admin::flight_snapshot host_api::flight(std::size_t most) const {
    const auto& recorder = parts_.telemetry->flight();
    return {recorder.size(), recorder.capacity(), recorder.counts(), recorder.entries(most)};
}

/// A message of a kind that no host takes for anything, and all pass on.
outcome<std::string> host_api::publish_trace(unsigned size) {
    constexpr std::uint8_t says_nothing = 9;
    const auto topic = parts_.peers.topic();
    if (parts_.telemetry->tracer() == nullptr || parts_.gossip == nullptr || !topic)
        return failure{
            exit_code::unreachable,
            "E_NO_GOSSIP",
            "this host takes no part in the gossip",
            "gossip.enabled = true"};
    const auto random = identity::random_text(16);
    byte_buffer content(size, 0);
    content.front() = says_nothing;
    std::copy_n(
        random.begin(),
        std::min<std::size_t>(random.size(), size - 1),
        content.begin() + 1
    );
    parts_.telemetry->tracer()->follow_next();
    if (const auto fault = parts_.gossip->broadcast(*topic, content))
        return failure{exit_code::failure, "E_NO_GOSSIP", fault.message(), ""};
    return to_hex(bytes_view(parts_.telemetry->tracer()->last()));
}

outcome<void> host_api::collect(const std::string& request) {
    if (parts_.telemetry->relay() == nullptr)
        return failure{exit_code::unreachable, "E_NO_COLLECTOR", "this host has no collector", ""};
    if (parts_.telemetry->relay()->take(request)) return {};
    return admin::api_full("spans wait for the collector");
}

outcome<std::string> host_api::dashboard_link() {
    if (dashboard_ != nullptr) return dashboard_->link();
    return failure{
        exit_code::unreachable,
        "E_NO_DASHBOARD",
        "this host serves no dashboard",
        "start one that does: meshhost --observe --instance observer --peer TICKET; then "
        "meshctl ui --instance observer"};
}

outcome<void> host_api::rebind() {
    const auto done = parts_.endpoint.rebind();
    if (!done) return done.error();
    parts_.reporter.refresh();
    return {};
}

}  // namespace meshhost::app
