// SPDX-License-Identifier: Apache-2.0
#include "observe/observatory.hpp"

#include "admin/event_feed.hpp"
#include "admin/meters_json.hpp"
#include "http/envelope.hpp"

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace meshhost::observe {

namespace json = boost::json;

namespace {

std::chrono::milliseconds unix_ms(std::chrono::system_clock::time_point at) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(at.time_since_epoch());
}

admin::mesh_question meters_question(const admin::host_view& view) {
    return {
        .name = "meters",
        .path = "/v1/meters",
        .query = {},
        .own = [&view](const auto&) { return admin::meters_json(view.meters()); },
        .answer_max = 32u << 10,
        .hosts_max = proto::series::nodes_max};
}

}  // namespace

observatory::observatory(
    const observatory_parts& parts,
    json::object mesh,
    picture_sink& sink,
    std::unique_ptr<proto::block_store> blocks
)
    : parts_(parts)
    , sink_(sink)
    , self_(parts.view.node().id)
    , scene_(parts.view, std::move(mesh))
    , meters_(parts.shard, parts.view, parts.asker, meters_question(parts.view))
    , timer_(parts.shard, *this)
    , log_({}, std::move(blocks))
    , sequence_(static_cast<std::uint64_t>(unix_ms(std::chrono::system_clock::now()).count()))
    , next_event_(parts.journal.next()) {
    timer_.arm(parts.shard.now());
}

observatory::~observatory() {
    end_rounds();
}

void observatory::set_watchers(std::size_t count) {
    const auto now = parts_.shard.now();
    if (count > 0 || watchers_ > 0) watched_until_ = now + watched_for;
    const bool is_first = watchers_ == 0 && count > 0;
    watchers_ = count;
    if (!is_first) return;
    begin_rounds();
    timer_.arm(now);
}

void observatory::note_question() {
    watched_until_ = std::max(watched_until_, parts_.shard.now() + asked_for);
    begin_rounds();
}

void observatory::begin_rounds() {
    if (reader_) return;
    reader_ = std::make_shared<line_reader>(
        [this](const json::object& line) { scene_.on_meters(line, parts_.shard.now()); },
        [this] { reader_.reset(); }
    );
    const auto every =
        std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(round).count());
    const http::query_map query{{"follow", "true"}, {"interval_ms", every}};
    meters_.on_request({"GET", "", "", query}, reader_);
}

void observatory::end_rounds() {
    if (!reader_) return;
    reader_->stop();
    reader_.reset();
    scene_.forget_meters();
}

void observatory::on_deadline(time_point now) {
    if (watchers_ == 0 && now >= watched_until_) end_rounds();
    take_step(now);
    look({now, std::chrono::system_clock::now()});
    // Of a mesh so large that a look takes long, looks are fewer: the rest of the host has its
    // turn.
    const auto done = parts_.shard.now();
    const auto rest = (done - now) * rest_per_look;
    timer_.arm(std::max(now + (watchers_ > 0 ? refresh : slow_refresh), done + rest));
}

/// Steps lie on one grid, also those in which nobody was asked or this host did not run: what is
/// so many values ago was so long ago.
void observatory::take_step(time_point now) {
    if (next_step_ == time_point()) next_step_ = now;
    if (now < next_step_) return;
    const auto passed = (now - next_step_) / round + 1;
    next_step_ += passed * round;
    const auto late =
        std::chrono::duration_cast<std::chrono::milliseconds>(now - (next_step_ - round));
    last_step_ = unix_ms(std::chrono::system_clock::now()) - late;
    for (auto i = std::min<std::int64_t>(passed, proto::series::steps); i > 0; --i)
        series_.advance();
    if (!reader_) return;
    ++rounds_;
    scene_.record(series_);
}

void observatory::look(const moment& at) {
    now_.begin();
    scene_.compose(at, now_);
    auto [ops, gone, links] = now_.finish();
    last_at_ = std::max(last_at_, unix_ms(at.wall));
    links_.add(last_at_, links);
    for (const auto& id : gone)
        series_.forget(id);
    for (const auto& event : new_events()) {
        if (!ops.empty()) ops.add(",");
        ops.add(json::serialize(json::array{"ev", event}));
    }
    const auto wall = http::format_time(at.wall);
    if (!ops.empty()) {
        ++sequence_;
        const auto told = std::make_shared<const std::string>(ops.take(
            fmt::format(R"({{"t":"delta","seq":{},"now":"{}","ops":[)", sequence_, wall),
            "]}"
        ));
        log_.add(sequence_, last_at_, *told, now_);
        snapshot_.reset();
        sink_.on_delta(told);
    }
    if (at.now < next_tick_) return;
    next_tick_ = at.now + 1s - refresh / 2;
    sink_.on_tick(std::make_shared<const std::string>(
        json::serialize(json::object{{"t", "tick"}, {"seq", sequence_}, {"now", wall}})
    ));
}

json::array observatory::new_events() {
    json::array all;
    next_event_ = std::max(next_event_, parts_.journal.oldest());
    for (; next_event_ < parts_.journal.next(); ++next_event_)
        if (const auto* event = parts_.journal.find(next_event_))
            all.push_back(admin::event_json(*event, self_));
    return all;
}

/// Those that the present state has told already.
json::array observatory::last_events() const {
    json::array all;
    const auto oldest = parts_.journal.oldest();
    auto sequence = next_event_ > oldest + events_told ? next_event_ - events_told : oldest;
    for (; sequence < next_event_; ++sequence)
        if (const auto* event = parts_.journal.find(sequence))
            all.push_back(admin::event_json(*event, self_));
    return all;
}

/// "mesh":...,"nodes":...,"edges":...,"seq":...,"now":...
/// Megabytes of a large mesh: it is measured first, so that they are never there twice.
proto::change_log::frame observatory::snapshot_frame() {
    if (snapshot_) return snapshot_;
    const auto rest = fmt::format(
        R"(,"seq":{},"now":"{}","t":"snapshot","events":{}}})",
        sequence_,
        http::format_time(std::chrono::system_clock::now()),
        json::serialize(last_events())
    );
    std::size_t size = 1 + rest.size();
    now_.write_members([&](std::string_view piece) { size += piece.size(); });
    std::string text;
    text.reserve(size);
    text += '{';
    now_.write_members([&](std::string_view piece) { text += piece; });
    text += rest;
    snapshot_ = std::make_shared<const std::string>(std::move(text));
    return snapshot_;
}

}  // namespace meshhost::observe
