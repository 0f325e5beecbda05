// SPDX-License-Identifier: Apache-2.0
// The table of a relay's keys.
#include "config/duration_text.hpp"
#include "config/quantity_text.hpp"
#include "config/text_form.hpp"
#include "relayd/relay_config.hpp"

#include <array>

namespace meshhost::relayd {

namespace {

using boost::json::value;
using config::text_form;
using relay::proto::access_mode;

constexpr std::int64_t ids_max = 100'000;
constexpr std::int64_t tokens_max = 1'000;
constexpr std::int64_t bytes_per_second_max = std::int64_t{100} << 30;

std::string text(const value& from) {
    return std::string(from.as_string());
}

bool store_mode(relay_config& out, const value& from) {
    const std::string mode = text(from);
    if (mode == "everyone") out.mode = access_mode::everyone;
    if (mode == "allow") out.mode = access_mode::allow_list;
    if (mode == "deny") out.mode = access_mode::deny_list;
    if (mode == "token") out.mode = access_mode::token;
    return true;
}

bool store_ids(relay_config& out, const value& from) {
    out.ids.clear();
    for (const auto& each : from.as_array()) {
        const auto id = identity::endpoint_id::parse(text(each));
        if (!id) return false;
        out.ids.push_back(*id);
    }
    return true;
}

bool store_tokens(relay_config& out, const value& from) {
    out.tokens.clear();
    for (const auto& each : from.as_array()) {
        if (each.as_string().empty()) return false;
        out.tokens.push_back(text(each));
    }
    return true;
}

template <auto Member>
bool store_text(relay_config& out, const value& from) {
    out.*Member = text(from);
    return true;
}

bool store_stun(relay_config& out, const value& from) {
    out.stun_listen = text(from);
    const bool is_word = out.stun_listen.empty() || out.stun_listen == usual_stun;
    return is_word || ip_endpoint::parse(out.stun_listen).has_value();
}

template <auto Struct, auto Member>
bool store_number(relay_config& out, const value& from) {
    auto& to = (out.*Struct).*Member;
    to = static_cast<std::remove_reference_t<decltype(to)>>(from.as_int64());
    return true;
}

template <auto Member>
bool store_size(relay_config& out, const value& from) {
    const auto size = config::parse_memory_size(text(from));
    if (!size || *size == 0) return false;
    out.server.*Member = static_cast<std::size_t>(*size);
    return true;
}

template <auto Member>
bool store_time(relay_config& out, const value& from) {
    out.server.*Member = config::parse_duration(text(from)).value();
    return true;
}

using config::integer;
using config::time_span;
using relay::proto::admission_limits;
using relay::proto::server_config;

const relay_key keys[] = {
    {"listen",
     config::text(text_form::endpoint),
     "\"[::]:3340\"",
     store_text<&relay_config::listen>},
    {"tls.listen",
     config::text(text_form::endpoint),
     "\"\"",
     store_text<&relay_config::tls_listen>},
    {"tls.cert",
     config::text(text_form::absolute_path),
     "\"\"",
     store_text<&relay_config::tls_cert>},
    {"tls.key", config::text(text_form::absolute_path), "\"\"", store_text<&relay_config::tls_key>},
    {"metrics.listen",
     config::text(text_form::endpoint),
     "\"\"",
     store_text<&relay_config::metrics_listen>},
    {"stun.listen",
     config::text(text_form::label),
     "\"auto\"",
     store_stun,
     "must be IP:PORT, \"auto\", or empty"},
    {"access.mode", config::one_of("everyone|allow|deny|token"), "\"everyone\"", store_mode},
    {"access.ids",
     config::list_of(text_form::label, ids_max),
     "[]",
     store_ids,
     "has something in it that is no endpoint id"},
    {"access.tokens",
     config::list_of(text_form::label, tokens_max),
     "[]",
     store_tokens,
     "has an empty token in it"},
    {"limits.connections",
     integer(1, 1'000'000),
     "10000",
     store_number<&relay_config::admission, &admission_limits::connections>},
    {"limits.per_address",
     integer(0, 1'000'000),
     "0",
     store_number<&relay_config::admission, &admission_limits::per_address>},
    {"limits.half_open",
     integer(1, 1'000'000),
     "1000",
     store_number<&relay_config::admission, &admission_limits::half_open>},
    {"limits.accepts_per_second",
     integer(0, 1'000'000),
     "0",
     [](relay_config& out, const value& from) {
         out.admission.accepts_per_second = static_cast<double>(from.as_int64());
         out.admission.accepts_burst = out.admission.accepts_per_second;
         return true;
     }},
    {"limits.client_bytes_per_second",
     integer(0, bytes_per_second_max),
     "0",
     store_number<&relay_config::server, &server_config::client_bytes_per_second>},
    {"limits.client_burst_bytes",
     integer(0, bytes_per_second_max),
     "0",
     store_number<&relay_config::server, &server_config::client_burst_bytes>},
    {"limits.client_queue_frames",
     integer(1, 65'536),
     "512",
     store_number<&relay_config::server, &server_config::queue_frames_max>},
    {"limits.client_queue",
     config::text(text_form::memory_size),
     "\"256KiB\"",
     store_size<&server_config::queue_bytes_max>,
     "must not be empty"},
    {"limits.queues",
     config::text(text_form::memory_size),
     "\"256MiB\"",
     store_size<&server_config::queued_bytes_max>,
     "must not be empty"},
    {"timeouts.handshake",
     time_span(1s, 5min),
     "\"30s\"",
     [](relay_config& out, const value& from) {
         out.handshake_timeout = config::parse_duration(text(from)).value();
         return true;
     }},
    {"timeouts.write", time_span(100ms, 1min), "\"2s\"", store_time<&server_config::write_timeout>},
    {"timeouts.ping", time_span(1s, 10min), "\"15s\"", store_time<&server_config::ping_interval>},
    {"timeouts.pong", time_span(500ms, 1min), "\"5s\"", store_time<&server_config::pong_timeout>},
    {"log.level",
     config::one_of("trace|debug|info|warn|error|off"),
     "\"info\"",
     [](relay_config& out, const value& from) { return parse_log_level(text(from), out.level); },
     "is no level"},
};

}  // namespace

std::span<const relay_key> relay_keys() {
    return keys;
}

}  // namespace meshhost::relayd
