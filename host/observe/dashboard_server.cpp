// SPDX-License-Identifier: Apache-2.0
#include "observe/dashboard_server.hpp"

#include "admin/request_fields.hpp"
#include "base/list_text.hpp"
#include "http/envelope.hpp"
#include "net/tls_certificate.hpp"
#include "observe/answers.hpp"
#include "observe/assets.hpp"
#include "observe/pages.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace meshhost::observe {

namespace json = boost::json;

namespace {

constexpr std::string_view api_prefix = "/api/v1/";
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

std::optional<otlp_receiver> make_receiver(bool is_wanted, net::shard& shard, door& by) {
    if (!is_wanted) return std::nullopt;
    return std::optional<otlp_receiver>(std::in_place, shard, by);
}

failure not_a_lab() {
    return {
        exit_code::not_permitted,
        "E_NOT_A_LAB",
        "this observer watches no lab",
        "`meshctl lab up` starts one that does"};
}

void get_schema(const question_table::question& of, const admin::answer_ptr& answer) {
    const auto* file = find_asset("/schema/" + of.words[0]);
    if (file == nullptr) return refuse_with(answer, not_found(of.asked.path));
    answer->reply(guarded(file_response(*file, of.asked)));
}

json::object counters_json(const std::vector<std::pair<std::string, std::uint64_t>>& counters) {
    json::object all;
    for (const auto& [name, value] : counters)
        all[name] = value;
    return all;
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
    , door_({listener.bound(), options_.tls != nullptr, options_.names}, std::move(options_.door))
    , hub_(parts.shard)
    , observatory_(parts, mesh_json(options_, self_), hub_, std::move(options_.history))
    , model_(observatory_)
    , series_(observatory_)
    , paths_(parts, observatory_)
    , events_(parts.shard, parts.journal, observatory_, self_)
    , receiver_(make_receiver(options_.receives_otlp, parts.shard, door_))
    , surveys_(parts, observatory_, options_.mesh, receiver_ ? &receiver_->told() : nullptr)
    , server_(
          parts.shard,
          std::make_unique<http::tcp_listener>(std::move(listener)),
          *this,
          dashboard_limits(),
          options_.log,
          options_.tls
      ) {
    hub_.set_source(&observatory_);
    add_questions();
    add_actions();
}

dashboard_server::~dashboard_server() {
    close();
}

void dashboard_server::close() {
    hub_.close();
    events_.close();
    server_.close();
}

std::string dashboard_server::link() {
    return door_.link(parts_.shard.now());
}

void dashboard_server::replace(dashboard_access access) {
    if (access.tls) server_.replace_tls(options_.tls = std::move(access.tls));
    if (!door_.replace_token(std::move(access.token))) return;
    hub_.close("the token is another");
    events_.close();
}

void dashboard_server::add_questions() {
    const std::string prefix(api_prefix);
    open_.questions.add(prefix + "schema/*", get_schema);
    auto& questions = inside_.questions;
    questions.add(prefix + "session", [](const auto&, const auto& to) {
        answer_with(to, "session", {});
    });
    questions.add(prefix + "telemetry", [this](const auto&, const auto& to) { get_telemetry(to); });
    questions.add(prefix + "stream", [this](const auto&, const auto& to) { refuse_stream(to); });
    model_.add_to(questions, prefix);
    series_.add_to(questions, prefix);
    paths_.add_to(questions, prefix);
    events_.add_to(questions, prefix);
    surveys_.add_to(questions, prefix);
}

void dashboard_server::add_actions() {
    const std::string prefix(api_prefix);
    open_.actions.add(prefix + "session", [this](const auto& of, const auto& to) {
        to->reply(guarded(door_.open(of.asked, parts_.shard.now())));
    });
    inside_.actions.add(prefix + "lab/actions", [this](const auto& of, const auto& to) {
        act(of.asked, to);
    });
    inside_.actions.add(prefix + "traces", [this](const auto& of, const auto& to) {
        publish_trace(of.asked, to);
    });
}

void dashboard_server::on_request(
    const http::request& asked,
    std::shared_ptr<http::exchange> answer
) {
    if (is_for_receiver(asked)) return receiver_->take(asked, answer);
    if (const auto objection = door_.object(asked)) return refuse_with(answer, *objection);
    if (asked.path.starts_with("/api/")) return answer_api(asked, answer);
    answer->reply(guarded(page(asked)));
}

http::response dashboard_server::describe_fault(unsigned status, std::string_view reason) {
    constexpr unsigned internal = 500;
    constexpr unsigned busy = 503;
    failure fault{exit_code::usage, "E_BAD_REQUEST", std::string(reason), ""};
    if (status == internal) fault = {exit_code::failure, "E_INTERNAL", std::string(reason), ""};
    if (status == busy)
        fault = {exit_code::degraded, "E_API_FULL", std::string(reason), "ask again"};
    return guarded(admin::json_response(status, http::make_error_envelope(fault)));
}

http::websocket_offer dashboard_server::on_upgrade(const http::request& asked) {
    if (asked.path != "/api/v1/stream" || !asked.query.empty() || door_.object(asked)
        || !door_.has_session(asked))
        return {};
    const auto spoken = http::header(asked, "sec-websocket-protocol");
    const auto is_ours = [](std::string_view each) { return trimmed(each) == stream_subprotocol; };
    if (!any_part(spoken, is_ours)) return {};
    return {hub_.new_client(), stream_subprotocol};
}

bool dashboard_server::is_for_receiver(const http::request& asked) const {
    return receiver_ && asked.path == otlp_receiver::path;
}

std::optional<http::body_terms> dashboard_server::on_large_body(const http::request& asked) {
    if (!is_for_receiver(asked)) return std::nullopt;
    return receiver_->on_large_body(asked);
}

/// RFC 9110 section 15.5.6.
void refuse_method(const admin::answer_ptr& to) {
    auto refused = admin::error_response(admin::bad_request("this API knows GET, HEAD and POST"));
    refused.status = 405;
    refused.headers.emplace_back("Allow", "GET, HEAD, POST");
    to->reply(guarded(std::move(refused)));
}

void dashboard_server::answer_api(const http::request& asked, const admin::answer_ptr& answer) {
    const bool is_post = asked.method == "POST";
    const bool is_get = asked.method == "GET" || asked.method == "HEAD";
    if (!is_post && !is_get) return refuse_method(answer);
    const auto table_in = [&](const routes& of) -> const question_table& {
        return is_post ? of.actions : of.questions;
    };
    if (table_in(open_).answer(asked, answer)) return;
    if (!door_.has_session(asked)) return refuse_stranger(answer);
    if (table_in(inside_).answer(asked, answer)) return;
    refuse_with(answer, not_found(asked.path));
}

/// It came as a question, or there is no room for one more.
void dashboard_server::refuse_stream(const admin::answer_ptr& answer) const {
    if (hub_.clients() >= stream_hub::clients_max)
        return refuse_with(answer, admin::api_full("dashboards"));
    auto refused = admin::error_response(admin::bad_request(
        fmt::format("this is a WebSocket with the subprotocol {}", stream_subprotocol)
    ));
    refused.headers.emplace_back("Sec-WebSocket-Version", "13");  // RFC 6455 section 4.4
    answer->reply(guarded(std::move(refused)));
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
    std::vector<std::string> all;
    if (options_.tls)
        all = net::certificate_concerns(
            *options_.tls,
            options_.names,
            std::chrono::system_clock::now()
        );
    if (observatory_.log().is_in_memory())
        all.emplace_back(
            "what was is kept in memory, which holds less of it: the data directory cannot be "
            "written"
        );
    for (auto& each : all)
        each = "the dashboard: " + each;
    return all;
}

std::vector<std::pair<std::string, std::uint64_t>> dashboard_server::counters() const {
    std::vector<std::pair<std::string, std::uint64_t>> all{
        {"connections", server_.connections()},
        {"handshakes", server_.handshakes()},
        {"clients", hub_.clients()},
        {"clients_cut_off", hub_.cut_off()},
        {"log_bytes", observatory_.log().bytes()},
        {"log_in_memory", observatory_.log().is_in_memory()},
        {"links_changed", observatory_.links().steps()},
        {"log_changes", observatory_.log().changes()},
        {"rounds", observatory_.rounds()},
        {"series_nodes", observatory_.series().nodes()},
        {"event_streams", events_.streams()},
        {"event_waiters", events_.waiters()},
        {"snapshots_again", hub_.snapshots_again()},
        {"wrong_tokens", door_.wrong_tokens()}};
    if (receiver_)
        for (auto& each : receiver_->counters())
            all.push_back(std::move(each));
    return all;
}

}  // namespace meshhost::observe
