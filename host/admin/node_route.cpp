// SPDX-License-Identifier: Apache-2.0
#include "admin/node_route.hpp"

#include "admin/meters_json.hpp"
#include "admin/node_names.hpp"
#include "admin/request_fields.hpp"
#include "admin/snapshot_json.hpp"
#include "admin/whole_answer.hpp"

#include <algorithm>

namespace meshhost::admin {

namespace json = boost::json;

namespace {

constexpr std::size_t answer_max = 64u << 10;
constexpr std::size_t short_id_digits = 16;

/// This host, as others see it.
peer_snapshot as_peer(const node_snapshot& node) {
    peer_snapshot out;
    out.id = node.id;
    out.name = node.name;
    out.version = node.version;
    out.state = node.state;
    out.roles = node.roles;
    out.addresses = node.addresses;
    out.contributions = node.contributions;
    out.uptime = node.uptime;
    out.since = node.uptime;
    out.tier = node.tier;
    out.budget = node.budget;
    out.load = node.load;
    if (!node.gossip) return out;
    for (const auto& neighbor : node.gossip->neighbors)
        out.neighbors.push_back(neighbor.id.substr(0, short_id_digits));
    return out;
}

void tell(http::exchange& answer, json::object peer, const outcome<json::object>& live) {
    json::object data{{"peer", std::move(peer)}};
    if (live) {
        data["live"] = *live;
        data["live_error"] = nullptr;
    } else {
        data["live"] = nullptr;
        data["live_error"] = {{"code", live.error().code}, {"message", live.error().message}};
    }
    reply(answer, "node", std::move(data));
}

}  // namespace

void node_route::on_request(const http::request& asked, const answer_ptr& answer) {
    const auto text = text_at(asked.query, "id");
    if (text.empty()) return refuse(*answer, bad_request("id is missing: /v1/node?id=NODE"));
    const auto node = view_.node();
    const auto peers = view_.peers();
    const auto whom = find_node(text, known_nodes(node, peers));
    if (!whom) return refuse(*answer, whom.error());
    if (whom->is_self) return tell(*answer, peer_json(as_peer(node)), meters_json(view_.meters()));
    const auto peer = std::find_if(peers.begin(), peers.end(), [&](const peer_snapshot& each) {
        return each.id == whom->id;
    });
    const auto known = peer_json(*peer);
    const auto id = identity::endpoint_id::parse(whom->id);
    if (!id) return refuse(*answer, bad_request("the node's id cannot be read"));
    if (peer->state == "dead" || peer->state == "left") {
        const failure gone{exit_code::unreachable, "E_UNREACHABLE", "it is " + peer->state, ""};
        return tell(*answer, known, gone);
    }
    const auto take = [answer, known](const outcome<http::response>& got) {
        tell(*answer, known, got ? data_in(*got) : outcome<json::object>(got.error()));
    };
    asker_
        .ask(*id, {"GET", "/v1/meters", "", {}}, std::make_shared<whole_answer>(answer_max, take));
}

}  // namespace meshhost::admin
