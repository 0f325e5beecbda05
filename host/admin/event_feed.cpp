// SPDX-License-Identifier: Apache-2.0
#include "admin/event_feed.hpp"

#include "admin/request_fields.hpp"
#include "base/assert.hpp"
#include "base/json_value.hpp"
#include "base/list_text.hpp"
#include "base/near_miss.hpp"
#include "base/quote.hpp"
#include "http/envelope.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

namespace meshhost::admin {

namespace json = boost::json;

namespace {

constexpr std::int64_t limit_max = 4096;

std::set<std::string> split(const std::string& list) {
    std::set<std::string> parts;
    for_each_part(list, [&](std::string_view part) {
        if (!part.empty()) parts.emplace(part);
    });
    return parts;
}

}  // namespace

json::object event_json(const telemetry::event& event, const std::string& node) {
    return {
        {"schema", "meshhost.event/1"},
        {"seq", event.sequence},
        {"at", http::format_time(std::chrono::system_clock::time_point(event.at))},
        {"type", to_string(event.type)},
        {"node", node},
        {"peer", text_or_null(event.peer)},
        {"name", text_or_null(event.name)},
        {"from", text_or_null(event.from)},
        {"to", text_or_null(event.to)},
        {"reason", text_or_null(event.reason)}};
}

namespace {

std::optional<failure> object_to_types(const std::set<std::string>& asked) {
    std::vector<std::string> known;
    for (const auto type : telemetry::all_event_types)
        known.emplace_back(to_string(type));
    for (const auto& each : asked) {
        if (std::find(known.begin(), known.end(), each) != known.end()) continue;
        auto refused = bad_request(fmt::format(
            "types: there are no events {}, but {}",
            in_quotes(each),
            fmt::join(known, ", ")
        ));
        if (const auto meant = nearest(each, known)) refused.hint = *meant + ", perhaps?";
        return refused;
    }
    return std::nullopt;
}

}  // namespace

outcome<event_query> parse_event_query(const http::query_map& query, std::uint64_t next) {
    event_query out;
    std::int64_t since = 0;
    std::int64_t limit = static_cast<std::int64_t>(out.limit);
    auto fault = read_flag(query, "follow", out.follow);
    constexpr auto sequence_max = std::numeric_limits<std::int64_t>::max();
    if (!fault) fault = read_number(query, "since", 0, sequence_max, since);
    if (!fault) fault = read_number(query, "limit", 1, limit_max, limit);
    if (fault) return *fault;
    out.since = std::max<std::uint64_t>(1, static_cast<std::uint64_t>(since));
    if (out.follow && query.count("since") == 0) out.since = next;
    out.limit = static_cast<std::size_t>(limit);
    out.types = split(text_at(query, "types"));
    if (auto objection = object_to_types(out.types)) return *objection;
    return out;
}

namespace {

bool wants(const event_query& query, const telemetry::event& event) {
    return (query.types.empty() || query.types.contains(to_string(event.type)))
           && (!query.passes || query.passes(event));
}

}  // namespace

json::object events_json(
    const telemetry::event_source& journal,
    const std::string& node,
    const event_query& query
) {
    json::array events;
    std::uint64_t next = std::max(query.since, journal.oldest());
    while (const auto* event = events.size() < query.limit ? journal.find(next) : nullptr) {
        if (wants(query, *event)) events.push_back(event_json(*event, node));
        ++next;
    }
    return {
        {"events", std::move(events)},
        {"oldest_seq", journal.oldest()},
        {"next_seq", next},
        {"truncated", query.since < journal.oldest()}};
}

struct event_feed::follower {
    event_query query;  ///< `since` is the next event to send
    answer_ptr answer;
};

event_wording lines_of_json() {
    return {
        .content_type = http::content_type_ndjson,
        .event = [](const telemetry::event& happened,
                    const std::string& node) { return one_line(event_json(happened, node)); },
        .gap =
            [](std::uint64_t first, std::uint64_t last) {
                return one_line({{"type", "gap"}, {"from", first}, {"to", last}});
            }};
}

event_feed::event_feed(telemetry::event_source& journal, std::string node, event_wording wording)
    : journal_(journal)
    , node_(std::move(node))
    , wording_(std::move(wording)) {
    journal_.add_listener(*this);
}

event_feed::~event_feed() {
    journal_.remove_listener(*this);
}

void event_feed::on_request(const http::request& asked, const answer_ptr& answer) {
    const auto query = parse_event_query(asked.query, journal_.next());
    if (!query) return refuse(*answer, query.error());
    if (!query->follow) return answer_once(*query, *answer);
    if (!follow(*query, answer)) refuse(*answer, api_full("followers of events"));
}

void event_feed::answer_once(const event_query& query, http::exchange& answer) const {
    reply(answer, "events", events_json(journal_, node_, query));
}

bool event_feed::follow(const event_query& query, const answer_ptr& answer) {
    if (followers_.size() >= followers_max) return false;
    const auto added = std::make_shared<follower>(follower{query, answer});
    answer->begin_stream(wording_.content_type, wording_.headers);
    if (!wording_.greeting.empty()) answer->write(wording_.greeting);
    followers_.push_back(added);
    answer->watch([this, alive = std::weak_ptr(added)] {
        if (!alive.expired()) pump_all();
    });
    pump_all();
    return true;
}

void event_feed::say(std::string_view text) {
    std::erase_if(followers_, [&](const auto& each) {
        return each->answer->waiting() <= unread_max && !each->answer->write(text);
    });
}

void event_feed::close() {
    for (const auto& each : std::exchange(followers_, {}))
        each->answer->finish();
}

void event_feed::pump_all() {
    std::erase_if(followers_, [this](const auto& each) { return !pump(*each); });
}

/// False: it is gone.
bool event_feed::pump(follower& to) const {
    auto& next = to.query.since;
    while (next < journal_.next()) {
        if (to.answer->waiting() > unread_max) break;
        const auto oldest = journal_.oldest();
        if (next < oldest) {
            to.answer->write(wording_.gap(next, oldest - 1));
            next = oldest;
        }
        const auto* event = journal_.find(next++);
        MH_ASSERT(event != nullptr, "what lies between the oldest and the next is there");
        if (wants(to.query, *event)) to.answer->write(wording_.event(*event, node_));
    }
    return to.answer->write("");
}

}  // namespace meshhost::admin
