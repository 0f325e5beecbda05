// SPDX-License-Identifier: Apache-2.0
#include "observe/dashboard_server.hpp"

#include "admin/event_feed.hpp"
#include "admin/plugin_routes.hpp"
#include "admin/question_routes.hpp"
#include "admin/request_fields.hpp"
#include "admin/snapshot_json.hpp"
#include "admin/whole_answer.hpp"
#include "http/envelope.hpp"
#include "net/tls_certificate.hpp"
#include "observe/assets.hpp"
#include "observe/pages.hpp"
#include "observe/proto/wall_time.hpp"

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace meshhost::observe {

namespace json = boost::json;

namespace {

constexpr std::string_view api_prefix = "/api/v1/";
constexpr std::string_view node_prefix = "/api/v1/nodes/";
constexpr std::string_view schema_prefix = "/api/v1/schema/";
constexpr std::size_t boots_bytes_max = 256u << 10;
constexpr std::int64_t boot_slo_ms = 250;

http::http_limits dashboard_limits() {
    http::http_limits limits;
    limits.connections_max = 256;
    limits.replaces_idle = true;
    return limits;
}

json::object mesh_json(const dashboard_options& options, const std::string& self) {
    return {
        {"name", options.mesh},
        {"observer", self},
        {"version", options.version},
        {"lab", options.lab != nullptr},
        {"neighbors", 0},
        {"round_ms",
         std::chrono::duration_cast<std::chrono::milliseconds>(observatory::round).count()},
        {"boot_slo_ms", boot_slo_ms}};
}

failure no_session() {
    return {
        exit_code::not_permitted,
        "E_NO_SESSION",
        "this browser has no session",
        "open the link that `meshctl ui` prints"};
}

failure not_a_lab() {
    return {
        exit_code::not_permitted,
        "E_NOT_A_LAB",
        "this observer watches no lab",
        "`meshctl lab up` starts one that does"};
}

/// Whether a list like "a, b" has it.
bool names(std::string_view list, std::string_view wanted) {
    while (!list.empty()) {
        const auto end = std::min(list.find(','), list.size());
        auto one = list.substr(0, end);
        list.remove_prefix(std::min(end + 1, list.size()));
        one.remove_prefix(std::min(one.find_first_not_of(' '), one.size()));
        if (one.substr(0, one.find_last_not_of(' ') + 1) == wanted) return true;
    }
    return false;
}

admin::mesh_question boots_question(const admin::host_view& view) {
    return {
        .name = "boots",
        .path = "/v1/boots",
        .query = {{"limit", "1"}},
        .own = [&view](const auto&) { return admin::last_boot_json(view); },
        .hosts_max = survey::kept_max};
}

admin::mesh_question plugins_question(const admin::host_view& view) {
    return {
        .name = "plugins",
        .path = "/v1/plugins",
        .query = {},
        .own =
            [&view](const auto&) {
                auto own = admin::plugins_json(view.plugins());
                own["id"] = view.node().id;
                return own;
            },
        .hosts_max = survey::kept_max};
}

/// What a survey keeps of an answer.
survey::extractor find(const char* key) {
    return {key, [key](const json::object& line) -> json::value {
                const auto* found = line.if_contains(key);
                return found == nullptr ? json::value() : *found;
            }};
}

/// Of {"boots": [...]}, the first.
const survey::extractor last_boot{"boot", [](const json::object& line) -> json::value {
                                      const auto* all = line.if_contains("boots");
                                      const bool is_there = all != nullptr && all->is_array()
                                                            && !all->get_array().empty();
                                      return is_there ? all->get_array().front() : json::value();
                                  }};

json::object counters_json(const std::vector<std::pair<std::string, std::uint64_t>>& counters) {
    json::object all;
    for (const auto& [name, value] : counters)
        all[name] = value;
    return all;
}

void answer_with(const admin::answer_ptr& to, const char* schema, json::object data) {
    to->reply(guarded(admin::json_response(200, http::make_envelope(schema, std::move(data)))));
}

/// `data` is JSON already.
void answer_with_text(const admin::answer_ptr& to, const char* schema, std::string_view data) {
    http::response said{200, http::content_type_json, {}};
    said.body = fmt::format(
        R"({{"schema":"meshhost.{}/1","ok":true,"at":"{}","data":{{{}}}}})",
        schema,
        http::format_time(std::chrono::system_clock::now()),
        data
    );
    to->reply(guarded(std::move(said)));
}

void refuse_with(const admin::answer_ptr& to, const failure& error) {
    to->reply(guarded(admin::error_response(error)));
}

}  // namespace

dashboard_server::dashboard_server(
    const observatory_parts& parts,
    http::tcp_listener listener,
    dashboard_options options
)
    : parts_(parts)
    , options_(std::move(options))
    , self_(parts.view.node().id)
    , door_(
          {listener.bound(), options_.access.tls != nullptr, options_.names},
          {options_.access.token, options_.session_key, options_.secret, options_.log}
      )
    , hub_(parts.shard)
    , observatory_(parts, mesh_json(options_, self_), hub_)
    , boots_(parts.shard, parts.view, parts.asker, boots_question(parts.view), last_boot)
    , plugins_(parts.shard, parts.view, parts.asker, plugins_question(parts.view), find("plugins"))
    , traces_(
          parts.shard,
          parts.view,
          parts.asker,
          admin::traces_question(parts.view),
          find("spans")
      )
    , server_(
          parts.shard,
          std::make_unique<http::tcp_listener>(std::move(listener)),
          *this,
          dashboard_limits(),
          options_.log,
          options_.access.tls
      ) {
    hub_.set_source(&observatory_);
    add_questions();
}

dashboard_server::~dashboard_server() {
    close();
}

void dashboard_server::close() {
    hub_.close();
    server_.close();
}

std::string dashboard_server::link() {
    return door_.link(parts_.shard.now());
}

void dashboard_server::replace(dashboard_access access) {
    if (access.tls) server_.replace_tls(options_.access.tls = std::move(access.tls));
    if (door_.replace_token(std::move(access.token))) hub_.close("the token is another");
}

void dashboard_server::add_questions() {
    const auto add = [this](const char* name, handler handle) {
        questions_.push_back({std::string(api_prefix) + name, std::move(handle)});
    };
    add("session", [](const auto&, const auto& to) { answer_with(to, "session", {}); });
    add("snapshot", [this](const auto& asked, const auto& to) { get_snapshot(asked, to); });
    add("history", [this](const auto&, const auto& to) { get_history(to); });
    add("boots", [this](const auto&, const auto& to) { get_survey(boots_, "mesh_boots", to); });
    add("plugins",
        [this](const auto&, const auto& to) { get_survey(plugins_, "mesh_plugins", to); });
    add("traces", [this](const auto&, const auto& to) { get_survey(traces_, "mesh_traces", to); });
    add("events", [this](const auto& asked, const auto& to) { get_events(asked, to); });
    add("telemetry", [this](const auto&, const auto& to) { get_telemetry(to); });
}

void dashboard_server::on_request(
    const http::request& asked,
    std::shared_ptr<http::exchange> answer
) {
    if (const auto objection = door_.object(asked)) return refuse_with(answer, *objection);
    if (asked.path.starts_with("/api/")) return answer_api(asked, answer);
    answer->reply(guarded(page(asked)));
}

http::response dashboard_server::describe_fault(unsigned status, std::string_view reason) {
    constexpr unsigned internal = 500;
    const bool is_ours = status >= internal;
    const failure fault{
        is_ours ? exit_code::failure : exit_code::usage,
        is_ours ? "E_INTERNAL" : "E_BAD_REQUEST",
        std::string(reason),
        ""};
    return guarded(admin::json_response(status, http::make_error_envelope(fault)));
}

http::websocket_offer dashboard_server::on_upgrade(const http::request& asked) {
    if (asked.path != "/api/v1/stream" || door_.object(asked) || !door_.has_session(asked))
        return {};
    const auto spoken = http::header(asked, "sec-websocket-protocol");
    if (!names(spoken, stream_subprotocol)) return {};
    return {hub_.new_client(), stream_subprotocol};
}

void dashboard_server::answer_api(const http::request& asked, const admin::answer_ptr& answer) {
    const bool is_post = asked.method == "POST";
    if (is_post && asked.path == "/api/v1/session")
        return answer->reply(guarded(door_.open(asked, parts_.shard.now())));
    if (asked.method == "GET" && asked.path.starts_with(schema_prefix)) {
        const auto name = std::string("/schema/") + asked.path.substr(schema_prefix.size());
        const auto* file = find_asset(name);
        if (file == nullptr) return refuse_with(answer, not_found(asked.path));
        return answer->reply(guarded(file_response(*file, asked)));
    }
    if (!door_.has_session(asked)) {
        auto refused = admin::error_response(no_session());
        refused.status = 401;
        return answer->reply(guarded(std::move(refused)));
    }
    if (is_post && asked.path == "/api/v1/lab/actions") return act(asked, answer);
    if (is_post && asked.path == "/api/v1/traces") return publish_trace(asked, answer);
    if (asked.method == "GET" && asked.path.starts_with(node_prefix))
        return get_node(asked, answer);
    const auto found = std::find_if(questions_.begin(), questions_.end(), [&](const route& each) {
        return asked.method == "GET" && each.path == asked.path;
    });
    if (found != questions_.end()) return found->handle(asked, answer);
    if (asked.path == "/api/v1/stream") {
        if (hub_.clients() >= stream_hub::clients_max)
            return refuse_with(answer, admin::api_full("dashboards"));
        auto refused = admin::error_response(admin::bad_request(
            fmt::format("this is a WebSocket with the subprotocol {}", stream_subprotocol)
        ));
        refused.headers.emplace_back("Sec-WebSocket-Version", "13");  // RFC 6455 section 4.4
        return answer->reply(guarded(std::move(refused)));
    }
    refuse_with(answer, not_found(asked.path));
}

void dashboard_server::get_snapshot(const http::request& asked, const admin::answer_ptr& answer)
    const {
    const auto at = admin::text_at(asked.query, "at");
    if (at.empty()) return answer_with_text(answer, "snapshot", observatory_.snapshot());
    const auto moment = proto::parse_wall_time(at);
    if (!moment)
        return refuse_with(answer, admin::bad_request("at: a time like 2026-01-31T12:00:00.000Z"));
    const auto then = observatory_.log().at(*moment);
    if (!then)
        return refuse_with(
            answer,
            {exit_code::unreachable,
             "E_TOO_OLD",
             fmt::format("nothing is remembered of {}", at),
             "GET /api/v1/history says how far back it goes"}
        );
    answer_with_text(
        answer,
        "snapshot",
        fmt::format(
            R"({},"seq":{},"now":{})",
            *then,
            observatory_.sequence(),
            json::serialize(json::string(at))
        )
    );
}

void dashboard_server::get_history(const admin::answer_ptr& answer) const {
    const auto text = [](const std::optional<std::chrono::milliseconds>& at) -> json::value {
        if (!at) return nullptr;
        return json::value(http::format_time(std::chrono::system_clock::time_point(*at)));
    };
    const auto& log = observatory_.log();
    answer_with(
        answer,
        "history",
        {{"oldest", text(log.oldest())}, {"newest", text(log.newest())}}
    );
}

void dashboard_server::get_events(const http::request& asked, const admin::answer_ptr& answer)
    const {
    const auto query = admin::parse_event_query(asked.query, parts_.journal.next());
    if (!query) return refuse_with(answer, query.error());
    answer_with(answer, "events", admin::events_json(parts_.journal, self_, *query));
}

void dashboard_server::get_telemetry(const admin::answer_ptr& answer) const {
    json::object data{
        {"otlp", nullptr},
        {"telemetry", json::object()},
        {"flight", json::object()},
        {"journal", json::object()},
        {"event_files", nullptr}};
    for (const auto& section : parts_.view.probe())
        if (data.contains(section.room)) data[section.room] = counters_json(section.counters);
    data["observer"] = counters_json(counters());
    answer_with(answer, "telemetry", std::move(data));
}

void dashboard_server::get_survey(survey& of, const char* schema, const admin::answer_ptr& answer) {
    const bool is_asked = of.ask([answer, schema](const std::string& nodes) {
        answer_with_text(answer, schema, R"("nodes":)" + nodes);
    });
    if (!is_asked) refuse_with(answer, admin::api_full("questions to the mesh"));
}

void dashboard_server::get_node(const http::request& asked, const admin::answer_ptr& answer) {
    const std::string_view rest = std::string_view(asked.path).substr(node_prefix.size());
    const auto slash = rest.find('/');
    const std::string node(rest.substr(0, slash));
    const auto what = slash == std::string_view::npos ? "" : rest.substr(slash + 1);
    const auto id = identity::endpoint_id::parse(node);
    if (!id) return refuse_with(answer, not_found("/api/v1/nodes/"));
    if (what == "series") return get_series(node, answer);
    if (what == "boots") return get_node_boots(node, answer);
    refuse_with(answer, not_found(asked.path));
}

void dashboard_server::get_series(const std::string& node, const admin::answer_ptr& answer) const {
    json::object rows;
    for (std::size_t i = 0; i < proto::measures; ++i) {
        const auto what = static_cast<proto::measure>(i);
        json::array values;
        for (const auto& value : observatory_.series().of(node, what))
            values.push_back(value ? json::value(*value) : json::value());
        rows[proto::to_string(what)] = std::move(values);
    }
    answer_with(
        answer,
        "series",
        {{"id", node},
         {"step_ms",
          std::chrono::duration_cast<std::chrono::milliseconds>(observatory::round).count()},
         {"end", http::format_time(std::chrono::system_clock::now())},
         {"series", std::move(rows)}}
    );
}

void dashboard_server::get_node_boots(const std::string& node, const admin::answer_ptr& answer) {
    if (node == self_) return answer_with(answer, "boots", {{"boots", parts_.view.boots()}});
    parts_.asker.ask(
        *identity::endpoint_id::parse(node),
        {"GET", "/v1/boots", "", {}},
        std::make_shared<admin::whole_answer>(
            boots_bytes_max,
            [answer](const outcome<http::response>& said) {
                if (!said) return refuse_with(answer, said.error());
                auto data = admin::data_in(*said);
                if (!data) return refuse_with(answer, data.error());
                answer_with(answer, "boots", std::move(*data));
            }
        )
    );
}

void dashboard_server::publish_trace(const http::request& asked, const admin::answer_ptr& answer) {
    if (const auto objection = object_to_body(asked)) return refuse_with(answer, *objection);
    if (!options_.lab) return refuse_with(answer, not_a_lab());
    const auto body = admin::parse_body(asked.body);
    if (!body) return refuse_with(answer, body.error());
    std::int64_t size = 256;
    const auto fault =
        admin::read_number(*body, "size", admin::trace_size_min, admin::trace_size_max, size);
    if (fault) return refuse_with(answer, *fault);
    const auto trace = options_.publish_trace(static_cast<unsigned>(size));
    if (!trace) return refuse_with(answer, trace.error());
    answer_with(answer, "trace", {{"trace", *trace}});
}

void dashboard_server::act(const http::request& asked, const admin::answer_ptr& answer) {
    if (const auto objection = object_to_body(asked)) return refuse_with(answer, *objection);
    if (!options_.lab) return refuse_with(answer, not_a_lab());
    const auto body = admin::parse_body(asked.body);
    if (!body) return refuse_with(answer, body.error());
    const auto wanted = parse_lab_action(*body);
    if (!wanted) return refuse_with(answer, wanted.error());
    options_.lab->carry_out(*wanted, [answer](const outcome<json::object>& said) {
        if (!said) return refuse_with(answer, said.error());
        answer_with(answer, "lab_outcome", *said);
    });
}

std::vector<std::string> dashboard_server::warnings() const {
    if (!options_.access.tls) return {};
    auto all = net::certificate_concerns(
        *options_.access.tls,
        options_.names,
        std::chrono::system_clock::now()
    );
    for (auto& each : all)
        each = "the dashboard: " + each;
    return all;
}

std::vector<std::pair<std::string, std::uint64_t>> dashboard_server::counters() const {
    return {
        {"connections", server_.connections()},
        {"handshakes", server_.handshakes()},
        {"clients", hub_.clients()},
        {"log_bytes", observatory_.log().bytes()},
        {"log_changes", observatory_.log().changes()},
        {"rounds", observatory_.rounds()},
        {"series_nodes", observatory_.series().nodes()},
        {"snapshots_again", hub_.snapshots_again()},
        {"wrong_tokens", door_.wrong_tokens()}};
}

}  // namespace meshhost::observe
