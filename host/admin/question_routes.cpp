// SPDX-License-Identifier: Apache-2.0
#include "admin/question_routes.hpp"

#include "admin/meters_json.hpp"
#include "admin/snapshot_json.hpp"

namespace meshhost::admin {

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
}

}  // namespace meshhost::admin
