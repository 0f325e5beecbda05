// SPDX-License-Identifier: Apache-2.0
#include "observe/event_routes.hpp"

#include "admin/request_fields.hpp"
#include "observe/answers.hpp"
#include "observe/asked_filter.hpp"

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

namespace meshhost::observe {

namespace json = boost::json;

namespace {

constexpr std::string_view greeting = ": events of this observer\nretry: 2000\n\n";
constexpr std::string_view comment = ":\n\n";

admin::event_wording server_sent_events() {
    return {
        .content_type = "text/event-stream",
        .headers = guarded({}).headers,
        .greeting = greeting,
        .event =
            [](const telemetry::event& happened, const std::string& node) {
                return fmt::format(
                    "id: {}\ndata: {}\n\n",
                    happened.sequence,
                    json::serialize(admin::event_json(happened, node))
                );
            },
        .gap =
            [](std::uint64_t first, std::uint64_t last) {
                return fmt::format(
                    "data: {{\"type\":\"gap\",\"from\":{},\"to\":{}}}\n\n",
                    first,
                    last
                );
            }};
}

/// What a client that was cut off heard last. nullopt: it says nothing; 0: it is no number.
std::optional<std::uint64_t> last_heard(const http::request& asked) {
    const auto text = http::header(asked, "last-event-id");
    if (text.empty()) return std::nullopt;
    std::int64_t number = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool is_one = fault == std::errc() && end == text.data() + text.size() && number > 0;
    return is_one ? static_cast<std::uint64_t>(number) : 0;
}

bool is_news(const json::object& told) {
    return !told.at("events").as_array().empty() || told.at("truncated").as_bool();
}

/// One that this journal never gave comes from an earlier run, whose events are all gone: what
/// there is, is all news. False: it is one of this run.
bool begin_anew(admin::event_query& query, std::uint64_t next) {
    if (query.since <= next) return false;
    query.since = 1;
    return true;
}

}  // namespace

event_routes::event_routes(
    net::shard& shard,
    telemetry::event_source& journal,
    observatory& source,
    std::string node,
    duration pause
)
    : shard_(shard)
    , journal_(journal)
    , source_(source)
    , subjects_(source, node)
    , node_(std::move(node))
    , pause_(pause)
    , timer_(shard, *this)
    , streams_(journal, node_, server_sent_events()) {
    journal_.add_listener(*this);
}

event_routes::~event_routes() {
    journal_.remove_listener(*this);
}

void event_routes::add_to(question_table& table, const std::string& prefix) {
    const auto once = [this](const auto& asked, const auto& answer) { get_events(asked, answer); };
    table.add(prefix + "events", {"since", "limit", "types", "where", "wait_ms"}, once);
    const auto following = [this](const auto& asked, const auto& answer) {
        get_stream(asked, answer);
    };
    table.add(prefix + "events/stream", {"since", "types", "where"}, following);
}

outcome<void> event_routes::add_filter(admin::event_query& query, const http::request& asked) {
    auto where = read_filter(asked);
    if (!where) return where.error();
    if (where->is_empty()) return {};
    source_.note_question();
    query.passes = subjects_.sieve(std::move(*where));
    return {};
}

void event_routes::get_events(const question& of, const admin::answer_ptr& answer) {
    auto query = admin::parse_event_query(of.asked.query, journal_.next());
    if (!query) return refuse_with(answer, query.error());
    if (const auto done = add_filter(*query, of.asked); !done)
        return refuse_with(answer, done.error());
    std::int64_t wait_ms = 0;
    if (const auto fault =
            admin::read_number(of.asked.query, "wait_ms", 0, wait_max.count(), wait_ms))
        return refuse_with(answer, *fault);
    const bool is_of_another_run = begin_anew(*query, journal_.next());
    auto told = admin::events_json(journal_, node_, *query);
    if (is_of_another_run) told["truncated"] = true;
    if (is_news(told) || wait_ms == 0) return answer_with(answer, "events", std::move(told));
    if (waiters_.size() >= waiters_max)
        return refuse_with(answer, admin::api_full("questions that wait for events"));
    const auto now = shard_.now();
    query->since = told["next_seq"].to_number<std::uint64_t>();
    waiters_.push_back({std::move(*query), answer, now + std::chrono::milliseconds(wait_ms)});
    answer->watch([this, gone = std::weak_ptr(answer)] {
        std::erase_if(waiters_, [&](const auto& each) { return each.answer == gone.lock(); });
    });
    arm(now);
}

void event_routes::get_stream(const question& of, const admin::answer_ptr& answer) {
    auto fields = of.asked.query;
    fields.insert_or_assign("follow", "true");
    auto query = admin::parse_event_query(fields, journal_.next());
    if (!query) return refuse_with(answer, query.error());
    if (const auto done = add_filter(*query, of.asked); !done)
        return refuse_with(answer, done.error());
    if (const auto last = last_heard(of.asked)) {
        if (*last == 0)
            return refuse_with(answer, admin::bad_request("Last-Event-ID: the id of an event"));
        query->since = *last + 1;
    }
    begin_anew(*query, journal_.next());
    if (!streams_.follow(*query, answer))
        return refuse_with(answer, admin::api_full("streams of events"));
    const auto now = shard_.now();
    if (next_comment_ == no_deadline) next_comment_ = now + pause_;
    arm(now);
}

/// Not from inside the journal: what else happens in this turn is told along.
void event_routes::on_event(const telemetry::event&) {
    if (waiters_.empty()) return;
    is_due_ = true;
    arm(shard_.now());
}

void event_routes::on_deadline(time_point now) {
    is_due_ = false;
    std::vector<waiter> left;
    for (auto& each : std::exchange(waiters_, {})) {
        auto told = admin::events_json(journal_, node_, each.query);
        each.query.since = told["next_seq"].to_number<std::uint64_t>();
        if (is_news(told) || now >= each.until)
            answer_with(each.answer, "events", std::move(told));
        else
            left.push_back(std::move(each));
    }
    waiters_ = std::move(left);
    if (now >= next_comment_) {
        streams_.say(comment);
        next_comment_ = streams_.followers() > 0 ? now + pause_ : no_deadline;
    }
    arm(now);
}

void event_routes::arm(time_point now) {
    auto next = is_due_ ? now : next_comment_;
    for (const auto& each : waiters_)
        next = std::min(next, each.until);
    if (next != no_deadline) timer_.arm(std::max(next, now));
}

void event_routes::close() {
    streams_.close();
    for (const auto& each : std::exchange(waiters_, {}))
        answer_with(each.answer, "events", admin::events_json(journal_, node_, each.query));
}

}  // namespace meshhost::observe
