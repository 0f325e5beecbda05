// SPDX-License-Identifier: Apache-2.0
#include "admin/meter_feed.hpp"

#include "admin/meters_json.hpp"
#include "admin/request_fields.hpp"

#include <algorithm>

namespace meshhost::admin {

outcome<meter_query> parse_meter_query(const http::query_map& query) {
    constexpr std::int64_t interval_ms_min = 250;
    constexpr std::int64_t interval_ms_max = 60'000;
    meter_query out;
    std::int64_t interval_ms = out.interval / 1ms;
    auto fault = read_flag(query, "follow", out.follow);
    if (!fault)
        fault = read_number(query, "interval_ms", interval_ms_min, interval_ms_max, interval_ms);
    if (fault) return *fault;
    out.interval = std::chrono::milliseconds(interval_ms);
    return out;
}

meter_feed::meter_feed(net::shard& shard, const host_view& view)
    : shard_(shard)
    , view_(view)
    , timer_(shard, *this) {}

void meter_feed::on_request(const http::request& asked, const answer_ptr& answer) {
    const auto query = parse_meter_query(asked.query);
    if (!query) return refuse(*answer, query.error());
    if (!query->follow) return reply(*answer, "meters", meters_json(view_.meters()));
    if (followers_.size() >= followers_max) return refuse(*answer, api_full("followers of meters"));
    answer->begin_stream(http::content_type_ndjson);
    answer->watch([this, alive = std::weak_ptr(alive_)] {
        if (!alive.expired()) drop_gone();
    });
    followers_.push_back({answer, query->interval, shard_.now()});
    arm();
}

void meter_feed::on_deadline(time_point now) {
    const auto line = one_line(meters_json(view_.meters()));
    for (auto& each : followers_) {
        if (each.next > now) continue;
        each.next = std::max(each.next + each.interval, now);
        if (each.answer->waiting() <= unread_max) each.answer->write(line);
    }
    drop_gone();
}

void meter_feed::drop_gone() {
    followers_.remove_if([](const follower& each) { return !each.answer->write(""); });
    arm();
}

void meter_feed::arm() {
    time_point next = no_deadline;
    for (const auto& each : followers_)
        next = std::min(next, each.next);
    timer_.arm(next);
}

}  // namespace meshhost::admin
