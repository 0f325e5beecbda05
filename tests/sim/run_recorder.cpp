// SPDX-License-Identifier: Apache-2.0
#include "sim/run_recorder.hpp"

#include "gossip/proto/message.hpp"
#include "sim/run_metrics.hpp"

#include <algorithm>

namespace meshhost::sim {

namespace proto = gossip::proto;

namespace {

constexpr duration disturbance_lasts = 60s;
constexpr std::size_t violations_max = 20;  // the first ones tell; a broken run has millions

double seconds(duration span) {
    return std::chrono::duration<double>(span).count();
}

}  // namespace

run_recorder::run_recorder(const scenario& settings, std::uint64_t seed)
    : settings_(settings)
    , deliveries_(settings.nodes)
    , up_since_(settings.nodes) {
    mesh_.live.resize(settings.nodes);
    mesh_.views.resize(settings.nodes);
    record_.seed = seed;
}

void run_recorder::node_up(node_index node, time_point now) {
    mesh_.live[node] = true;
    up_since_[node] = now;
    account_until(now);
    ++live_;
}

void run_recorder::node_down(node_index node, time_point now) {
    account_until(now);
    --live_;
    mesh_.live[node] = false;
    mesh_.views[node].clear();
    deliveries_.forget(node);
}

bool run_recorder::is_up_since(node_index node, time_point then) const noexcept {
    return mesh_.live[node] && up_since_[node] <= then;
}

void run_recorder::neighbor_up(node_index node, node_index peer) {
    if (node == peer) return violation("a node is its own neighbour");
    if (mesh_.knows(node, peer)) return violation("a neighbour came up twice");
    mesh_.views[node].push_back({peer, false});
}

void run_recorder::neighbor_down(node_index node, node_index peer) {
    auto& view = mesh_.views[node];
    const auto gone = std::find_if(view.begin(), view.end(), [peer](const overlay_entry& entry) {
        return entry.to == peer;
    });
    if (gone == view.end()) return violation("a neighbour went down that was not up");
    view.erase(gone);
}

void run_recorder::frame_sent(gossip::proto::traffic_class kind, bytes_view frame) noexcept {
    auto& count = record_.sent[static_cast<std::size_t>(kind)];
    ++count.frames;
    count.bytes += frame.size();
    bytes_since_sample_ += frame.size();
    const auto what = proto::kind_of(frame.subspan(proto::frame_length_size));
    record_.grafts += what == proto::message_kind::graft ? 1 : 0;
    record_.prunes += what == proto::message_kind::prune ? 1 : 0;
}

void run_recorder::table_entries(std::size_t entries) {
    entries_.sum += static_cast<double>(entries);
    ++entries_.nodes;
    record_.entries_max = std::max(record_.entries_max, entries);
}

void run_recorder::sample(time_point now) {
    account_until(now);
    mesh_sample one;
    one.at = now;
    one.mesh = summary_of(mesh_);
    const double spent = record_.node_seconds - node_seconds_at_sample_;
    node_seconds_at_sample_ = record_.node_seconds;
    if (spent > 0) one.bytes_per_s = static_cast<double>(bytes_since_sample_) / spent;
    if (entries_.nodes > 0) one.entries_mean = entries_.sum / static_cast<double>(entries_.nodes);
    one.is_quiet = now - disturbed_at_ >= disturbance_lasts;
    bytes_since_sample_ = 0;
    entries_ = {};
    if (one.mesh.components == 1) note_whole(now);
    record_.samples.push_back(std::move(one));
}

void run_recorder::begin_measuring(time_point now) {
    account_until(now);
    record_.sent = {};
    record_.node_seconds = 0;
    node_seconds_at_sample_ = 0;
    bytes_since_sample_ = 0;
}

void run_recorder::note_whole(time_point now) {
    const auto note = [now](const std::optional<time_point>& since, std::optional<double>& took) {
        if (since && !took) took = seconds(now - *since);
    };
    note(joined_at_, record_.join_s);
    note(healed_at_, record_.merge_s);
}

void run_recorder::violation(std::string what) {
    if (record_.violations.size() < violations_max) record_.violations.push_back(std::move(what));
}

run_record run_recorder::finish(time_point now) && {
    account_until(now);
    record_.final_overlay = std::move(mesh_);
    record_.trace = trace_.value();
    measure(settings_, deliveries_, record_);
    return std::move(record_);
}

/// Node-seconds are counted up to every change of the number of live nodes.
void run_recorder::account_until(time_point now) {
    record_.node_seconds += static_cast<double>(live_) * seconds(now - accounted_until_);
    accounted_until_ = now;
}

}  // namespace meshhost::sim
