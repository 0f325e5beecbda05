// SPDX-License-Identifier: Apache-2.0
#pragma once
// A host with two peers, and an exchange that keeps what it was told.
#include "admin/host_view.hpp"
#include "http/http_server.hpp"
#include "introspect/asker.hpp"

#include <boost/json/parse.hpp>

#include <functional>
#include <string>
#include <utility>
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
    boost::json::array boots() const override { return own_boots; }
    decltype(admin::node_snapshot::gossip) gossip;
    admin::node_snapshot node() const override {
        admin::node_snapshot node;
        node.id = std::string(64, 'c');
        node.name = "compute-01";
        node.mesh = "lab";
        node.state = is_drained ? "draining" : "alive";
        node.roles = {"compute"};
        node.bound = {"0.0.0.0:4433", "[::]:4433"};
        node.uptime = 252s;
        node.ready_after = 14200us;
        node.gossip = gossip;
        return node;
    }
    std::vector<admin::peer_snapshot> peers() const override { return known; }
    std::vector<admin::plugin_snapshot> plugins() const override {
        return {
            {.instance = "compute-0",
             .role = "compute",
             .version = "0.1.0",
             .path = "/p/compute.so",
             .state = "running",
             .abi = "1.0",
             .error = "",
             .isolation = "inprocess",
             .process = {}}};
    }
    std::vector<admin::probe_section> probe() const override {
        return {{"transport", {{"connections", 1}, {"opened", 12}}}};
    }
    admin::meters_snapshot meters() const override {
        ++measured;
        admin::meters_snapshot meters;
        meters.id = std::string(64, 'c');
        meters.name = "compute-01";
        meters.state = "alive";
        meters.usage.resident_bytes = 1 << 20;
        meters.edges = {{std::string(64, 'a'), "eager", connected_peer().path}};
        return meters;
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
    std::vector<telemetry::span> message_spans() const override {
        telemetry::span one;
        one.trace.back() = 1;
        one.id.back() = 2;
        one.name = "mesh.gossip.publish";
        return {one};
    }
    outcome<std::string> publish_trace(unsigned size) override {
        traced = size;
        return std::string(32, 'e');
    }
    outcome<void> collect(const std::string& request) override {
        collected = request;
        return {};
    }
    outcome<std::string> dashboard_link() override {
        return failure{exit_code::unreachable, "E_NO_DASHBOARD", "no dashboard", ""};
    }
    void drain() override { is_drained = true; }
    void resume() override { is_drained = false; }
    outcome<void> restart_plugin(const std::string& instance) override {
        if (instance != "compute-0")
            return failure{exit_code::unreachable, "E_NO_PLUGIN", "no such role", ""};
        restarted = instance;
        return {};
    }
    outcome<void> enable_plugin(const std::string&) override { return {}; }
    outcome<void> reload_plugin(
        const std::string& instance,
        const std::string& path,
        admin::reload_sink answer
    ) override {
        if (instance != "compute-0")
            return failure{exit_code::unreachable, "E_NO_PLUGIN", "no such role", ""};
        if (path == "/p/bad.so") {
            answer(failure{exit_code::invalid, "MP320", "swap aborted", ""});
            return {};
        }
        auto role = plugins().front();
        role.generation = 2;
        answer(role);
        return {};
    }
    outcome<void> set_faults(const admin::fault_settings& given) override {
        if (!is_lab) return failure{exit_code::not_permitted, "E_NOT_A_LAB", "no lab", ""};
        faults = given;
        return {};
    }
    outcome<void> crash_plugin(const std::string& instance) override {
        if (!is_lab) return failure{exit_code::not_permitted, "E_NOT_A_LAB", "no lab", ""};
        crashed = instance;
        return {};
    }

    outcome<void> ask_metrics(const std::string& instance, metrics_sink sink) override {
        if (instance != "compute-0")
            return failure{exit_code::unreachable, "E_NO_SUCH_INSTANCE", "none", ""};
        telemetry::metrics_snapshot metrics;
        metrics.metrics.push_back(
            {.name = "jobs",
             .unit = "{job}",
             .description = "done",
             .points = {{.attributes = {{"kind", std::string("a")}}, .value = 7, .count = 3}}}
        );
        sink(metrics, true);
        return {};
    }
    outcome<std::vector<telemetry::span>> spans(const std::string& instance) const override {
        if (instance != "compute-0")
            return failure{exit_code::unreachable, "E_NO_SUCH_INSTANCE", "none", ""};
        telemetry::span done;
        done.name = "job";
        done.id[7] = 1;
        return std::vector{done};
    }
    outcome<void> reload_config(admin::config_reload_sink sink) override {
        admin::reload_snapshot reload;
        reload.instances = {{"compute-0", "refused", {"a.b"}, "no"}};
        sink(reload);
        return {};
    }

    outcome<void> audit(admin::audit_sink sink) override {
        sink(
            {{{"connections.counted", "opened less closed is alive", false}},
             {{"connections.counted", "transport", 3, 4, "opened less closed is alive"}}}
        );
        return {};
    }

    std::vector<admin::peer_snapshot> known{connected_peer(), lost_peer()};
    admin::ping_request pinged;
    std::shared_ptr<admin::ping_sink> ping_sink;
    int rebinds = 0;
    unsigned traced = 0;
    std::string collected;
    mutable int measured = 0;
    bool is_drained = false;
    boost::json::array own_boots = {{{"number", 3}}};
    bool is_lab = false;
    admin::fault_settings faults;
    std::string crashed;
    std::string restarted;
};

class fake_exchange final : public http::exchange {
public:
    void reply(http::response given) override { answer = std::move(given); }
    void begin_stream(std::string_view content_type, const http::header_list& headers) override {
        answer.status = 200;
        answer.content_type = content_type;
        answer.headers = headers;
    }
    bool write(std::string_view data) override {
        if (is_gone || is_finished) return false;
        answer.body += data;
        unread += is_reading ? 0 : data.size();
        return true;
    }
    void finish() override {
        is_finished = true;
        changed_ = nullptr;
    }
    std::size_t waiting() const override { return unread; }
    void watch(std::function<void()> changed) override { changed_ = std::move(changed); }

    /// The client takes nothing from now on, or all there is and will be.
    void set_reading(bool reads) {
        is_reading = reads;
        if (!reads) return;
        unread = 0;
        if (const auto changed = changed_) changed();
    }
    void leave() {
        is_gone = true;
        if (const auto changed = std::exchange(changed_, nullptr)) changed();
    }
    /// Of a stream, each as JSON.
    std::vector<boost::json::object> lines() const {
        std::vector<boost::json::object> all;
        for (std::size_t at = 0; at < answer.body.size();) {
            const auto end = answer.body.find('\n', at);
            all.push_back(boost::json::parse(answer.body.substr(at, end - at)).as_object());
            at = end + 1;
        }
        return all;
    }

    boost::json::object json() const { return boost::json::parse(answer.body).as_object(); }
    std::string error_code() const {
        return std::string(json().at("error").as_object().at("code").as_string());
    }

    http::response answer{0, "", ""};
    bool is_gone = false;
    bool is_finished = false;
    bool is_reading = true;
    std::size_t unread = 0;

private:
    std::function<void()> changed_;
};

/// Other hosts, as far as the local API is concerned: keeps the questions for the test to answer.
class fake_asker final : public introspect::asker {
public:
    struct asked_call final : introspect::call {
        void cancel() override { is_cancelled = true; }
        void resume() override { ++resumed; }

        /// An answer in one piece.
        void answer(unsigned status, const char* type, std::string_view body) const {
            sink->on_head({status, type});
            sink->on_body(as_bytes(body));
            sink->on_end({});
        }

        identity::endpoint_id whom;
        http::request asked;
        std::shared_ptr<introspect::answer_sink> sink;
        bool is_cancelled = false;
        int resumed = 0;
    };

    std::shared_ptr<introspect::call> ask(
        const identity::endpoint_id& whom,
        const http::request& asked,
        std::shared_ptr<introspect::answer_sink> sink
    ) override {
        auto made = std::make_shared<asked_call>();
        made->whom = whom;
        made->asked = asked;
        made->sink = std::move(sink);
        calls.push_back(made);
        return made;
    }

    std::vector<std::shared_ptr<asked_call>> calls;
};

}  // namespace meshhost::test
