// SPDX-License-Identifier: Apache-2.0
#pragma once
// A host with two peers, and an exchange that keeps what it was told.
#include "admin/host_view.hpp"
#include "http/http_server.hpp"

#include <boost/json/parse.hpp>

#include <string>
#include <vector>

namespace meshhost::test {

inline admin::peer_snapshot connected_peer() {
    admin::peer_snapshot peer;
    peer.id = std::string(64, 'a');
    peer.name = "gateway-01";
    peer.version = "0.1.0";
    peer.state = "alive";
    peer.roles = {"gateway"};
    peer.contributions = {{"gateway", "clients", "{client}", 3}};
    peer.incarnation = 7;
    peer.sequence = 2;
    peer.uptime = 90s;
    peer.last_seen = 200ms;
    peer.gossip = "eager";
    admin::path_snapshot path;
    path.kind = "direct";
    path.reason = "same_host";
    path.remote = "127.0.0.1:4433";
    path.rtt = 1500us;
    peer.path = path;
    return peer;
}

inline admin::peer_snapshot lost_peer() {
    admin::peer_snapshot peer;
    peer.id = std::string(64, 'b');
    peer.state = "dead";
    peer.evidence = "nothing heard for 30 s";
    return peer;
}

class fake_host final : public admin::host_view, public admin::host_actions {
public:
    admin::node_snapshot node() const override {
        admin::node_snapshot node;
        node.id = std::string(64, 'c');
        node.name = "compute-01";
        node.mesh = "lab";
        node.state = "alive";
        node.roles = {"compute"};
        node.bound = {"0.0.0.0:4433", "[::]:4433"};
        node.uptime = 252s;
        node.ready_after = 14200us;
        return node;
    }
    std::vector<admin::peer_snapshot> peers() const override {
        return {connected_peer(), lost_peer()};
    }
    std::vector<admin::plugin_snapshot> plugins() const override {
        return {{"compute-0", "compute", "0.1.0", "/p/compute.so", "running", "1.0", ""}};
    }
    std::vector<admin::probe_section> probe() const override {
        return {{"transport", {{"connections", 1}, {"opened", 12}}}};
    }
    boost::json::object config() const override { return {{"net.port", 0}}; }

    outcome<void> ping(const admin::ping_request& request, std::shared_ptr<admin::ping_sink> sink)
        override {
        if (request.peer == "nobody")
            return failure{exit_code::unreachable, "E_PEER_UNKNOWN", "no such peer", ""};
        pinged = request;
        ping_sink = std::move(sink);
        return {};
    }
    outcome<void> rebind() override {
        ++rebinds;
        return {};
    }

    admin::ping_request pinged;
    std::shared_ptr<admin::ping_sink> ping_sink;
    int rebinds = 0;
};

class fake_exchange final : public http::exchange {
public:
    void reply(http::response given) override { answer = std::move(given); }
    void begin_stream(std::string_view content_type) override {
        answer.status = 200;
        answer.content_type = content_type;
    }
    bool write(std::string_view data) override {
        if (is_gone) return false;
        answer.body += data;
        return true;
    }
    void finish() override { is_finished = true; }

    boost::json::object json() const { return boost::json::parse(answer.body).as_object(); }
    std::string error_code() const {
        return std::string(json().at("error").as_object().at("code").as_string());
    }

    http::response answer{0, "", ""};
    bool is_gone = false;
    bool is_finished = false;
};

}  // namespace meshhost::test
