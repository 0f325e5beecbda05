// SPDX-License-Identifier: Apache-2.0
#include "admin/ping_exchange.hpp"

#include "admin/replies.hpp"
#include "admin/request_fields.hpp"
#include "admin/snapshot_json.hpp"
#include "http/envelope.hpp"

#include <algorithm>

namespace meshhost::admin {

namespace json = boost::json;

namespace {

std::int64_t to_us(duration value) {
    return std::chrono::duration_cast<std::chrono::microseconds>(value).count();
}

/// `sorted` is not empty. Of an even number: halfway between the two in the middle.
duration median_of(const std::vector<duration>& sorted) {
    const auto above = sorted[sorted.size() / 2];
    const auto below = sorted[(sorted.size() - 1) / 2];
    return below + (above - below) / 2;
}

}  // namespace

outcome<ping_request> parse_ping_request(std::string_view body) {
    const auto parsed = parse_body(body);
    if (!parsed) return parsed.error();
    const auto& fields = *parsed;
    const auto* peer = fields.if_contains("peer");
    if (peer == nullptr || !peer->is_string()) return bad_request("peer must be a string");

    constexpr std::int64_t time_ms_max = ping_time_max / 1ms;
    ping_request request;
    std::int64_t count = request.count;
    std::int64_t size = request.size;
    std::int64_t interval_ms = request.interval / 1ms;
    std::int64_t timeout_ms = request.timeout / 1ms;
    auto fault = read_number(fields, "count", 1, ping_count_max, count);
    if (!fault) fault = read_number(fields, "size", ping_size_min, ping_size_max, size);
    if (!fault) fault = read_number(fields, "interval_ms", 0, time_ms_max, interval_ms);
    if (!fault) fault = read_number(fields, "timeout_ms", 1, time_ms_max, timeout_ms);
    if (fault) return *fault;
    request.peer = std::string(peer->get_string());
    request.count = static_cast<unsigned>(count);
    request.size = static_cast<unsigned>(size);
    request.interval = std::chrono::milliseconds(interval_ms);
    request.timeout = std::chrono::milliseconds(timeout_ms);
    return request;
}

ping_exchange::ping_exchange(ping_request request, std::shared_ptr<http::exchange> answer)
    : request_(std::move(request))
    , answer_(std::move(answer)) {}

bool ping_exchange::on_reply(const ping_reply& reply) {
    if (!is_streaming_) {
        is_streaming_ = true;
        answer_->begin_stream(http::content_type_ndjson);
    }
    ++sent_;
    if (reply.rtt) {
        rtts_.push_back(*reply.rtt);
        path_ = reply.path;
    }
    return answer_->write(one_line(
        {{"schema", "meshhost.ping.reply/1"},
         {"sequence", reply.sequence},
         {"rtt_us", reply.rtt ? json::value(to_us(*reply.rtt)) : json::value(nullptr)},
         {"path", reply.rtt ? json::value(path_json(reply.path)) : json::value(nullptr)}}
    ));
}

void ping_exchange::on_done(const std::optional<failure>& fault) {
    if (!is_streaming_) {
        if (fault) return answer_->reply(error_response(*fault));
        answer_->begin_stream(http::content_type_ndjson);
    }
    answer_->write(
        one_line(fault ? http::make_error_envelope(*fault) : http::make_envelope("ping", summary()))
    );
    answer_->finish();
}

json::object ping_exchange::summary() const {
    auto sorted = rtts_;
    std::sort(sorted.begin(), sorted.end());
    const bool any = !sorted.empty();
    return {
        {"peer", request_.peer},
        {"sent", sent_},
        {"received", sorted.size()},
        {"min_us", any ? json::value(to_us(sorted.front())) : json::value(nullptr)},
        {"median_us", any ? json::value(to_us(median_of(sorted))) : json::value(nullptr)},
        {"max_us", any ? json::value(to_us(sorted.back())) : json::value(nullptr)},
        {"path", any ? json::value(path_json(path_)) : json::value(nullptr)}};
}

}  // namespace meshhost::admin
