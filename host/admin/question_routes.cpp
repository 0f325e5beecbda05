// SPDX-License-Identifier: Apache-2.0
#include "admin/question_routes.hpp"

#include "admin/meters_json.hpp"
#include "admin/request_fields.hpp"
#include "admin/snapshot_json.hpp"
#include "admin/span_json.hpp"

namespace meshhost::admin {

namespace {

boost::json::object boots_json(const host_view& view, std::size_t limit) {
    auto boots = view.boots();
    if (boots.size() > limit) boots.resize(limit);
    return {{"boots", std::move(boots)}};
}

}  // namespace

void add_question_routes(router& to, const host_view& view) {
    const auto add = [&to](std::string_view name, auto data) {
        to.add(
            "GET",
            "/v1/" + std::string(name),
            [name, data](const http::request&, const answer_ptr& answer) {
                reply(*answer, name, data());
            }
        );
    };
    add("status", [&view] { return status_json(view.node(), view.peers(), view.plugins()); });
    add("peers", [&view] { return peers_json(view.peers()); });
    add("identity", [&view] { return identity_json(view.node()); });
    add("plugins", [&view] { return plugins_json(view.plugins()); });
    add("config", [&view] { return view.config(); });
    add("topology", [&view] { return topology_json(view.node(), view.peers()); });
    to.add("GET", "/v1/traces", [&view](const http::request& asked, const answer_ptr& answer) {
        reply(*answer, "traces", traces_json(view, text_at(asked.query, "trace")));
    });
    to.add("GET", "/v1/boots", [&view](const http::request& asked, const answer_ptr& answer) {
        constexpr std::int64_t boots_max = 64;
        std::int64_t limit = boots_max;
        if (const auto fault = read_number(asked.query, "limit", 1, boots_max, limit))
            return refuse(*answer, *fault);
        reply(*answer, "boots", boots_json(view, static_cast<std::size_t>(limit)));
    });
}

boost::json::object traces_json(const host_view& view, const std::string& only) {
    boost::json::array spans;
    for (const auto& span : view.message_spans()) {
        auto one = span_json(span);
        if (only.empty() || one.at("trace").as_string() == only) spans.push_back(std::move(one));
    }
    return {{"spans", std::move(spans)}};
}

boost::json::object last_boot_json(const host_view& view) {
    auto found = boots_json(view, 1);
    const auto self = view.node();
    found["id"] = self.id;
    found["name"] = self.name;
    return found;
}

}  // namespace meshhost::admin
