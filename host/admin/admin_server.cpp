// SPDX-License-Identifier: Apache-2.0
#include "admin/admin_server.hpp"

#include "admin/action_routes.hpp"
#include "admin/meters_json.hpp"
#include "admin/plugin_routes.hpp"
#include "admin/question_routes.hpp"
#include "admin/snapshot_json.hpp"

namespace meshhost::admin {

admin_server::admin_server(
    net::shard& shard,
    std::unique_ptr<http::listener> listener,
    const admin_parts& parts,
    logger log
)
    : events_(parts.journal, parts.view.node().id)
    , meters_(shard, parts.view)
    , mesh_meters_(
          shard,
          parts.view,
          parts.asker,
          {"meters",
           "/v1/meters",
           {},
           [&view = parts.view](const auto&) { return meters_json(view.meters()); }}
      )
    , mesh_boots_(
          shard,
          parts.view,
          parts.asker,
          {"boots",
           "/v1/boots",
           {{"limit", "1"}},
           [&view = parts.view](const auto&) { return last_boot_json(view); }}
      )
    , mesh_traces_(shard, parts.view, parts.asker, traces_question(parts.view))
    , nodes_(parts.view, parts.asker)
    , via_(parts.view, parts.asker, remote_)
    , server_(shard, std::move(listener), local_, {}, std::move(log)) {
    add_routes(remote_, parts);
    add_routes(local_, parts);
    local_.add("GET", "/v1/node", [this](const auto& asked, const auto& answer) {
        nodes_.on_request(asked, answer);
    });
    local_.add("GET", "/v1/mesh/meters", [this](const auto& asked, const auto& answer) {
        mesh_meters_.on_request(asked, answer);
    });
    local_.add("GET", "/v1/mesh/boots", [this](const auto& asked, const auto& answer) {
        mesh_boots_.on_request(asked, answer);
    });
    local_.add("GET", "/v1/mesh/traces", [this](const auto& asked, const auto& answer) {
        mesh_traces_.on_request(asked, answer);
    });
    // Of this host alone: a link lets in whoever has it.
    local_
        .add("POST", "/v1/dashboard", [&actions = parts.actions](const auto&, const auto& answer) {
            const auto link = actions.dashboard_link();
            if (!link) return refuse(*answer, link.error());
            reply(*answer, "dashboard", {{"link", *link}});
        });
    local_.add_below("/v1/via/", [this](const auto& asked, const auto& answer) {
        via_.on_request(asked, answer);
    });
}

void admin_server::add_routes(router& to, const admin_parts& parts) {
    add_question_routes(to, parts.view);
    add_action_routes(to, parts.view, parts.actions);
    add_plugin_routes(to, parts.view, parts.actions);
    to.add("GET", "/v1/probe", [this, &view = parts.view](const auto&, const auto& answer) {
        get_probe(view, answer);
    });
    to.add("GET", "/v1/events", [this](const auto& asked, const auto& answer) {
        events_.on_request(asked, answer);
    });
    to.add("GET", "/v1/meters", [this](const auto& asked, const auto& answer) {
        meters_.on_request(asked, answer);
    });
}

void admin_server::get_probe(const host_view& view, const answer_ptr& answer) const {
    auto sections = view.probe();
    sections.push_back(
        {"admin",
         {{"connections", connections()},
          {"event_followers", events_.followers()},
          {"meter_followers", meters_.followers()},
          {"mesh_watchers",
           mesh_meters_.watchers() + mesh_boots_.watchers() + mesh_traces_.watchers()}}}
    );
    reply(*answer, "probe", probe_json(sections));
}

}  // namespace meshhost::admin
