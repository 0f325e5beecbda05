// SPDX-License-Identifier: Apache-2.0
#include "app/join_recorder.hpp"

#include "telemetry/draw_id.hpp"

namespace meshhost::app {

void join_recorder::begin(const place& wanted, time_point now, duration wall) {
    wanted_ = wanted;
    ids_ = prng(wanted.seed);
    began_ = now;
    last_ = now;
    wall_ = wall;
    is_under_way_ = true;
    telemetry::span root;
    root.trace = telemetry::draw_id<telemetry::trace_id>(ids_);
    root.id = telemetry::draw_id<telemetry::span_id>(ids_);
    root.name = "mesh.node.join";
    root.started = wall;
    root.links = {wanted.start};
    root.attributes = {{"mesh.join.seeds", static_cast<std::int64_t>(wanted.seeds)}};
    spans_ = {std::move(root)};
}

void join_recorder::on_neighbor(const neighbor& found, time_point now) {
    if (!is_under_way_ || spans_.size() > neighbors_max) return;
    if (wanted_.seeds == 0 && spans_.size() == 1) {  // it waited for others to come
        spans_.front().started = wall_ + (now - began_);
        wall_ = spans_.front().started;
        began_ = now;
    }
    telemetry::span path;
    path.trace = spans_.front().trace;
    path.id = telemetry::draw_id<telemetry::span_id>(ids_);
    path.parent = spans_.front().id;
    path.name = "mesh.path.establish";
    path.kind = telemetry::span_kind::client;
    path.started = wall_;
    path.length = now - began_;
    path.attributes = {{"mesh.peer.id", found.peer}, {"mesh.path.kind", found.kind}};
    if (!found.reason.empty()) path.attributes.push_back({"mesh.path.reason", found.reason});
    spans_.push_back(std::move(path));
    last_ = now;
    spans_.front().length = now - began_;
}

bool join_recorder::is_over(time_point now) const {
    const std::size_t neighbors = spans_.size() - 1;
    if (neighbors == 0) return now - began_ >= limit;
    return neighbors >= wanted_.neighbors || now - last_ >= quiet;
}

bool join_recorder::look(time_point now) {
    if (!is_under_way_ || !is_over(now)) return false;
    is_under_way_ = false;
    const std::size_t neighbors = spans_.size() - 1;
    auto& root = spans_.front();
    root.attributes.push_back({"mesh.join.neighbours", static_cast<std::int64_t>(neighbors)});
    if (neighbors > 0) return true;
    if (wanted_.seeds == 0) {  // nobody to join: no failure, and nothing to tell
        spans_.clear();
        return false;
    }
    root.length = now - began_;
    root.is_ok = false;
    root.message = "no neighbour was found";
    return true;
}

}  // namespace meshhost::app
