// SPDX-License-Identifier: Apache-2.0
#include "ctl/trace_model.hpp"

#include "ctl/fields.hpp"

#include <boost/json/array.hpp>

#include <algorithm>
#include <cmath>
#include <functional>
#include <set>

namespace meshhost::ctl {

namespace {

constexpr std::size_t id_shown = 10;
constexpr unsigned depth_max = 64;  ///< no tree of a gossip is as deep

std::string label_of(const boost::json::object& line) {
    auto name = text_in(line, "name");
    return name.empty() ? text_in(line, "id").substr(0, id_shown) : name;
}

}  // namespace

std::size_t message_trace::delivered() const {
    return hops.size() - (origin.empty() ? 0 : 1);
}

unsigned message_trace::depth() const {
    unsigned deepest = 0;
    for (const auto& hop : hops)
        deepest = std::max(deepest, hop.depth);
    return deepest;
}

duration message_trace::reached(double share) const {
    std::vector<duration> times;
    for (std::size_t i = origin.empty() ? 0 : 1; i < hops.size(); ++i)
        times.push_back(hops[i].at);
    if (times.empty()) return {};
    std::sort(times.begin(), times.end());
    const auto rank = std::ceil(share * static_cast<double>(times.size()));
    return times[static_cast<std::size_t>(std::max(rank, 1.0)) - 1];
}

void trace_gatherer::add(const boost::json::object& line) {
    if (const auto& error = object_in(line, "error"); !error.empty()) {
        silent_[label_of(line)] = text_in(error, "message");
        return;
    }
    for (const auto& each : array_in(line, "spans")) {
        const auto* one = each.if_object();
        if (one == nullptr) continue;
        const auto& attributes = object_in(*one, "attributes");
        // A host is one span of a trace: whoever tells of more has heard it no oftener.
        auto& of = spans_[text_in(*one, "trace")];
        const auto node = label_of(line);
        const auto same = [&](const span& other) { return other.node == node; };
        if (std::any_of(of.begin(), of.end(), same)) continue;
        of.push_back(
            {node,
             text_in(*one, "span"),
             text_in(*one, "parent"),
             text_in(*one, "name"),
             text_in(attributes, "mesh.topic"),
             static_cast<std::uint64_t>(number_in(attributes, "mesh.message.size").value_or(0)),
             us_in(*one, "started_unix_us").value_or(duration::zero())}
        );
    }
}

message_trace trace_gatherer::put_together(const std::string& id, const std::vector<span>& spans) {
    message_trace out;
    out.id = id;
    std::set<std::string> ids;
    for (const auto& each : spans)
        ids.insert(each.id);
    std::map<std::string, std::vector<const span*>> children;
    const span* root = nullptr;
    for (const auto& each : spans) {
        if (each.parent.empty() && root == nullptr)
            root = &each;
        else
            children[each.parent].push_back(&each);
    }
    const auto earlier = [](const span* one, const span* other) {
        return one->started < other->started;
    };
    for (auto& [parent, list] : children)
        std::sort(list.begin(), list.end(), earlier);
    const span& first =
        root != nullptr
            ? *root
            : *std::min_element(spans.begin(), spans.end(), [](const span& one, const span& other) {
                  return one.started < other.started;
              });
    out.topic = first.topic;
    out.size = first.size;
    out.started = first.started;
    if (root != nullptr) out.origin = root->node;
    const std::function<void(const span&, const std::string&, unsigned, bool)> walk =
        [&](const span& at, const std::string& parent, unsigned depth, bool is_lost) {
            out.hops.push_back({at.node, parent, at.started - first.started, depth, is_lost});
            const auto below = children.extract(at.id);  // each once, whatever others say
            if (below.empty() || depth >= depth_max) return;
            for (const span* child : below.mapped())
                walk(*child, at.node, depth + 1, false);
        };
    if (root != nullptr) walk(*root, "", 0, false);
    while (!children.empty()) {
        // What hangs at a host that did not answer.
        const auto known = [&](const auto& entry) { return ids.contains(entry.first); };
        auto next = std::find_if_not(children.begin(), children.end(), known);
        if (next == children.end()) next = children.begin();
        const auto orphans = children.extract(next);
        for (const span* orphan : orphans.mapped())
            walk(*orphan, "", 1, true);
    }
    return out;
}

std::vector<message_trace> trace_gatherer::traces() const {
    std::vector<message_trace> all;
    for (const auto& [id, spans] : spans_)
        all.push_back(put_together(id, spans));
    std::sort(all.begin(), all.end(), [](const auto& one, const auto& other) {
        return one.started > other.started;
    });
    return all;
}

const message_trace* find_trace(std::span<const message_trace> all, std::string_view digits) {
    const message_trace* found = nullptr;
    for (const auto& each : all) {
        if (digits.empty() || !each.id.starts_with(digits)) continue;
        if (found != nullptr) return nullptr;
        found = &each;
    }
    return found;
}

boost::json::object trace_json(const message_trace& of) {
    const auto us = [](duration time) {
        return std::chrono::duration_cast<std::chrono::microseconds>(time).count();
    };
    boost::json::array hops;
    for (const auto& hop : of.hops)
        hops.push_back(boost::json::object{
            {"node", hop.node},
            {"from", hop.parent.empty() ? boost::json::value() : boost::json::value(hop.parent)},
            {"at_us", us(hop.at)},
            {"depth", hop.depth},
            {"parent_unknown", hop.is_lost}});
    return {
        {"trace", of.id},
        {"topic", of.topic},
        {"size", of.size},
        {"started_unix_us", us(of.started)},
        {"origin", of.origin.empty() ? boost::json::value() : boost::json::value(of.origin)},
        {"delivered", of.delivered()},
        {"depth", of.depth()},
        {"p50_us", us(of.reached(0.5))},
        {"p95_us", us(of.reached(0.95))},
        {"last_us", us(of.reached(1))},
        {"hops", std::move(hops)}};
}

}  // namespace meshhost::ctl
