// SPDX-License-Identifier: Apache-2.0
#include "admin/action_routes.hpp"

#include "admin/ping_exchange.hpp"
#include "admin/request_fields.hpp"
#include "admin/snapshot_json.hpp"
#include "base/quote.hpp"
#include "identity/base64.hpp"

#include <boost/json/array.hpp>
#include <boost/json/value_from.hpp>
#include <fmt/format.h>

#include <limits>
#include <utility>

namespace meshhost::admin {

namespace json = boost::json;

namespace {

void post_ping(host_actions& actions, const http::request& asked, const answer_ptr& answer) {
    const auto request = parse_ping_request(asked.body);
    if (!request) return refuse(*answer, request.error());
    const auto started = actions.ping(*request, std::make_shared<ping_exchange>(*request, answer));
    if (!started) refuse(*answer, started.error());
}

void post_trace(host_actions& actions, const http::request& asked, const answer_ptr& answer) {
    const auto body = parse_body(asked.body);
    if (!body) return refuse(*answer, body.error());
    std::int64_t size = 256;
    if (const auto fault = read_number(*body, "size", trace_size_min, trace_size_max, size))
        return refuse(*answer, *fault);
    const auto trace = actions.publish_trace(static_cast<unsigned>(size));
    if (!trace) return refuse(*answer, trace.error());
    reply(*answer, "trace", {{"trace", *trace}, {"size", size}});
}

void post_spans(host_actions& actions, const http::request& asked, const answer_ptr& answer) {
    const auto body = parse_body(asked.body);
    if (!body) return refuse(*answer, body.error());
    const auto* request = body->if_contains("request");
    const bool is_text = request != nullptr && request->is_string();
    const auto spans =
        is_text ? identity::from_base64(
            std::string_view(request->get_string().data(), request->get_string().size())
        )
                : std::nullopt;
    if (!spans) return refuse(*answer, bad_request("request must be bytes in base64"));
    const auto done = actions.collect(*spans);
    if (!done) return refuse(*answer, done.error());
    reply(*answer, "collected", {{"bytes", spans->size()}});
}

/// The list of `key`, each read by T::parse(); empty where there is none.
template <typename T>
outcome<std::vector<T>> read_each(
    const json::object& fields,
    std::string_view key,
    std::string_view what
) {
    std::vector<T> all;
    const auto* list = fields.if_contains(key);
    if (list == nullptr) return all;
    if (!list->is_array() || list->get_array().size() > blocked_max)
        return bad_request(fmt::format("{} must be a list of at most {}", key, blocked_max));
    for (const auto& each : list->get_array()) {
        const auto read = each.is_string() ? T::parse(each.get_string()) : std::nullopt;
        if (!read) return bad_request(fmt::format("{} must hold {}", key, what));
        all.push_back(*read);
    }
    return all;
}

json::object faults_json(const fault_settings& faults) {
    json::array block;
    for (const auto& address : faults.block)
        block.push_back(json::value(address.to_string()));
    json::array block_relayed;
    for (const auto& id : faults.block_relayed)
        block_relayed.push_back(json::value(id.to_hex()));
    return {
        {"loss", faults.loss},
        {"block", std::move(block)},
        {"block_relayed", std::move(block_relayed)}};
}

void post_faults(host_actions& actions, const http::request& asked, const answer_ptr& answer) {
    const auto faults = parse_faults(asked.body);
    if (!faults) return refuse(*answer, faults.error());
    const auto done = actions.set_faults(*faults);
    if (!done) return refuse(*answer, done.error());
    reply(*answer, "faults", faults_json(*faults));
}

/// Which role a request is about, and what else it says.
outcome<std::pair<std::string, json::object>> role_of(const http::request& asked) {
    auto body = parse_body(asked.body);
    if (!body) return body.error();
    const auto* instance = body->if_contains("instance");
    if (instance == nullptr || !instance->is_string())
        return bad_request("instance must be a string");
    std::string name(instance->get_string());
    return std::pair{std::move(name), std::move(*body)};
}

void post_crash(host_actions& actions, const http::request& asked, const answer_ptr& answer) {
    const auto role = role_of(asked);
    if (!role) return refuse(*answer, role.error());
    const auto done = actions.crash_plugin(role->first);
    if (!done) return refuse(*answer, done.error());
    reply(*answer, "plugin-crash", {{"instance", role->first}});
}

void post_restart(host_actions& actions, const http::request& asked, const answer_ptr& answer) {
    const auto role = role_of(asked);
    if (!role) return refuse(*answer, role.error());
    const auto done = actions.restart_plugin(role->first);
    if (!done) return refuse(*answer, done.error());
    reply(*answer, "plugin-restart", {{"instance", role->first}});
}

void post_enable(host_actions& actions, const http::request& asked, const answer_ptr& answer) {
    const auto role = role_of(asked);
    if (!role) return refuse(*answer, role.error());
    const auto done = actions.enable_plugin(role->first);
    if (!done) return refuse(*answer, done.error());
    reply(*answer, "plugin-enable", {{"instance", role->first}});
}

void post_reload(host_actions& actions, const http::request& asked, const answer_ptr& answer) {
    const auto role = role_of(asked);
    if (!role) return refuse(*answer, role.error());
    const auto* path = role->second.if_contains("path");
    if (path != nullptr && !path->is_string())
        return refuse(*answer, bad_request("path must be a string"));
    const auto begun = actions.reload_plugin(
        role->first,
        path == nullptr ? std::string() : std::string(path->get_string()),
        [answer](const outcome<plugin_snapshot>& how) {
            if (!how) return refuse(*answer, how.error());
            reply(*answer, "plugin-reload", plugins_json({&*how, 1}));
        }
    );
    if (!begun) refuse(*answer, begun.error());
}

}  // namespace

outcome<fault_settings> parse_faults(std::string_view body) {
    const auto fields = parse_body(body);
    if (!fields) return fields.error();
    fault_settings out;
    if (const auto* loss = fields->if_contains("loss")) {
        if (!loss->is_number()) return bad_request("loss must be 0..1");
        out.loss = loss->to_number<double>();
        if (!(out.loss >= 0 && out.loss <= 1)) return bad_request("loss must be 0..1");
    }
    constexpr auto seed_max = std::numeric_limits<std::int64_t>::max();
    std::int64_t seed = 1;
    if (auto fault = read_number(*fields, "seed", 0, seed_max, seed)) return *fault;
    out.seed = static_cast<std::uint64_t>(seed);
    auto block = read_each<ip_endpoint>(*fields, "block", "addresses with ports");
    if (!block) return block.error();
    auto block_relayed = read_each<identity::endpoint_id>(*fields, "block_relayed", "ids");
    if (!block_relayed) return block_relayed.error();
    out.block = std::move(*block);
    out.block_relayed = std::move(*block_relayed);
    return out;
}

void add_action_routes(router& to, const host_view& view, host_actions& actions) {
    to.add("POST", "/v1/ping", [&actions](const auto& asked, const auto& answer) {
        post_ping(actions, asked, answer);
    });
    to.add("GET", "/v1/audit", [&actions](const auto&, const auto& answer) {
        const auto begun = actions.audit([answer](const audit_snapshot& audit) {
            reply(*answer, "audit", audit_json(audit));
        });
        if (!begun) refuse(*answer, begun.error());
    });
    to.add("POST", "/v1/reload", [&actions](const auto&, const auto& answer) {
        const auto begun = actions.reload_config([answer](const reload_snapshot& reload) {
            reply(*answer, "reload", reload_json(reload));
        });
        if (!begun) refuse(*answer, begun.error());
    });
    to.add("POST", "/v1/otlp/traces", [&actions](const auto& asked, const auto& answer) {
        post_spans(actions, asked, answer);
    });
    to.add("POST", "/v1/trace", [&actions](const auto& asked, const auto& answer) {
        post_trace(actions, asked, answer);
    });
    to.add("POST", "/v1/rebind", [&](const auto&, const auto& answer) {
        const auto done = actions.rebind();
        if (!done) return refuse(*answer, done.error());
        reply(*answer, "rebind", {{"bound", json::value_from(view.node().bound)}});
    });
    to.add("POST", "/v1/drain", [&](const auto&, const auto& answer) {
        actions.drain();
        reply(*answer, "drain", {{"state", view.node().state}});
    });
    to.add("POST", "/v1/resume", [&](const auto&, const auto& answer) {
        actions.resume();
        reply(*answer, "resume", {{"state", view.node().state}});
    });
    to.add("POST", "/v1/plugins/restart", [&actions](const auto& asked, const auto& answer) {
        post_restart(actions, asked, answer);
    });
    to.add("POST", "/v1/plugins/enable", [&actions](const auto& asked, const auto& answer) {
        post_enable(actions, asked, answer);
    });
    to.add("POST", "/v1/plugins/reload", [&actions](const auto& asked, const auto& answer) {
        post_reload(actions, asked, answer);
    });
    to.add("POST", "/v1/lab/faults", [&actions](const auto& asked, const auto& answer) {
        post_faults(actions, asked, answer);
    });
    to.add("POST", "/v1/lab/plugin-crash", [&actions](const auto& asked, const auto& answer) {
        post_crash(actions, asked, answer);
    });
}

}  // namespace meshhost::admin
