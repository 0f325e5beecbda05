// SPDX-License-Identifier: Apache-2.0
#include "observe/proto/told_boots.hpp"

#include "base/bytes.hpp"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

namespace meshhost::observe::proto {

namespace {

constexpr std::string_view ready_name = "mesh.node.ready";
constexpr std::string_view join_name = "mesh.node.join";

std::size_t size_of(const std::vector<telemetry::attribute>& attributes) {
    std::size_t bytes = attributes.size() * sizeof(telemetry::attribute);
    for (const auto& each : attributes) {
        bytes += each.key.size();
        if (const auto* text = std::get_if<std::string>(&each.value)) bytes += text->size();
    }
    return bytes;
}

/// Of memory, roughly.
std::size_t size_of(const telemetry::span& span) {
    std::size_t bytes = sizeof span + span.name.size() + span.message.size()
                        + size_of(span.attributes) + span.links.size() * sizeof(span.links[0]);
    for (const auto& each : span.events)
        bytes += sizeof each + each.name.size() + size_of(each.attributes);
    return bytes;
}

bool is_of_message(std::string_view name) {
    return name == "mesh.gossip.publish" || name == "mesh.gossip.deliver";
}

bool has_parent(const telemetry::span& span) {
    return span.parent != telemetry::span_id{};
}

/// The root first, then as they started.
std::vector<telemetry::span> in_order(std::vector<telemetry::span> spans, std::string_view root) {
    std::stable_sort(spans.begin(), spans.end(), [root](const auto& one, const auto& other) {
        const bool is_first = one.name == root;
        const bool is_other_first = other.name == root;
        return is_first != is_other_first ? is_first : one.started < other.started;
    });
    return spans;
}

}  // namespace

void told_boots::count(node& of, std::size_t more, std::size_t less) {
    of.bytes += more;
    of.bytes -= less;
    bytes_ += more;
    bytes_ -= less;
}

void told_boots::take(const told_node& by, telemetry::span span, time_point now) {
    const bool is_root = span.name == ready_name || span.name == join_name;
    const bool is_message = is_of_message(span.name);
    // What begins a trace of another kind: a dial, an event.
    if (!is_message && !is_root && !has_parent(span)) {
        ++counts_.ignored;
        return;
    }
    node& of = node_of(by, now);
    if (is_message)
        take_message(of, std::move(span), now);
    else
        take_part(of, std::move(span), now);
    make_room();
}

told_boots::node& told_boots::node_of(const told_node& by, time_point now) {
    auto found = nodes_.find(by.id);
    if (found == nodes_.end()) {
        if (nodes_.size() >= nodes_max)
            drop_node(std::min_element(nodes_.begin(), nodes_.end(), [](auto& one, auto& other) {
                return one.second.heard < other.second.heard;
            }));
        found = nodes_.try_emplace(by.id).first;
    }
    node& of = found->second;
    of.heard = now;
    of.facts = by;
    return of;
}

void told_boots::take_message(node& of, telemetry::span span, time_point now) {
    const auto is_same = [&](const message& each) {
        return each.span.id == span.id && each.span.trace == span.trace;
    };
    if (std::any_of(of.messages.begin(), of.messages.end(), is_same)) return;
    if (of.messages.size() >= messages_max) {
        drop_message(of);
        ++counts_.gave_way;
    }
    count(of, size_of(span), 0);
    of.messages.push_back({now, std::move(span)});
    ++counts_.kept;
}

void told_boots::drop_message(node& of) {
    count(of, 0, size_of(of.messages.front().span));
    of.messages.pop_front();
}

void told_boots::take_part(node& of, telemetry::span span, time_point now) {
    auto found = std::find_if(of.traces.begin(), of.traces.end(), [&](const trace& each) {
        return each.id == span.trace;
    });
    if (found == of.traces.end()) {
        of.traces.push_back({span.trace, kind::waiting, now, {}});
        found = std::prev(of.traces.end());
    }
    keep(of, *found, std::move(span));
    drop_surplus(of, kind::waiting, waiting_max);
    drop_surplus(of, kind::ready, boots_max);
    drop_surplus(of, kind::join, boots_max);
}

/// One that is told again, after an answer that was lost, is in there once.
void told_boots::keep(node& of, trace& in, telemetry::span span) {
    const auto is_same = [&](const telemetry::span& each) { return each.id == span.id; };
    if (std::any_of(in.spans.begin(), in.spans.end(), is_same)) return;
    const bool is_ready = span.name == ready_name;
    const bool is_join = span.name == join_name;
    if (in.spans.size() >= spans_max) {
        ++counts_.gave_way;
        if (!is_ready && !is_join) return;
        count(of, 0, size_of(in.spans.back()));
        in.spans.pop_back();
    }
    if (is_ready) in.is = kind::ready;
    if (is_join) in.is = kind::join;
    count(of, size_of(span), 0);
    in.spans.push_back(std::move(span));
    ++counts_.kept;
}

std::deque<told_boots::trace>::iterator told_boots::drop(
    node& of,
    std::deque<trace>::iterator which
) {
    for (const auto& each : which->spans)
        count(of, 0, size_of(each));
    return of.traces.erase(which);
}

void told_boots::drop_surplus(node& of, kind which, std::size_t most) {
    const auto is_one = [which](const trace& each) { return each.is == which; };
    const auto held = std::count_if(of.traces.begin(), of.traces.end(), is_one);
    if (static_cast<std::size_t>(held) <= most) return;
    const auto oldest = std::find_if(of.traces.begin(), of.traces.end(), is_one);
    counts_.gave_way += oldest->spans.size();
    drop(of, oldest);
}

told_boots::node_map::iterator told_boots::drop_node(node_map::iterator which) {
    node& of = which->second;
    for (const auto& each : of.traces)
        counts_.gave_way += each.spans.size();
    counts_.gave_way += of.messages.size();
    bytes_ -= of.bytes;
    return nodes_.erase(which);
}

void told_boots::make_room() {
    while (bytes_ > bytes_max) {
        const auto largest =
            std::max_element(nodes_.begin(), nodes_.end(), [](auto& one, auto& other) {
                return one.second.bytes < other.second.bytes;
            });
        node& of = largest->second;
        if (!of.messages.empty() && of.traces.size() <= 1) {
            drop_message(of);
            ++counts_.gave_way;
        } else if (of.traces.size() > 1) {
            counts_.gave_way += of.traces.front().spans.size();
            drop(of, of.traces.begin());
        } else {
            drop_node(largest);
        }
    }
}

void told_boots::forget(time_point now) {
    const auto is_old = [now](const trace& each) {
        return now - each.heard > (each.is == kind::waiting ? waits_for : kept_for);
    };
    for (auto at = nodes_.begin(); at != nodes_.end();) {
        node& of = at->second;
        for (auto each = of.traces.begin(); each != of.traces.end();)
            each = is_old(*each) ? drop(of, each) : std::next(each);
        while (!of.messages.empty() && now - of.messages.front().heard > messages_for)
            drop_message(of);
        at = of.traces.empty() && of.messages.empty() ? nodes_.erase(at) : std::next(at);
    }
}

std::vector<told_boot> told_boots::boots_of(const std::string& id) const {
    std::vector<told_boot> all;
    const auto found = nodes_.find(id);
    if (found == nodes_.end()) return all;
    const auto& traces = found->second.traces;
    const auto join_of = [&](const telemetry::trace_id& start) {
        for (const auto& each : traces)
            for (const auto& span : each.spans)
                for (const auto& link : span.links)
                    if (each.is == kind::join && span.name == join_name && link.trace == start)
                        return in_order(each.spans, join_name);
        return std::vector<telemetry::span>();
    };
    for (const auto& each : traces)
        if (each.is == kind::ready)
            all.push_back({in_order(each.spans, ready_name), join_of(each.id)});
    std::stable_sort(all.begin(), all.end(), [](const told_boot& one, const told_boot& other) {
        return one.spans.front().started > other.spans.front().started;
    });
    return all;
}

std::vector<telemetry::span> told_boots::messages_of(const std::string& id) const {
    std::vector<telemetry::span> all;
    const auto found = nodes_.find(id);
    if (found == nodes_.end()) return all;
    for (const auto& each : found->second.messages)
        all.push_back(each.span);
    return all;
}

const told_node* told_boots::find(const std::string& id) const {
    const auto found = nodes_.find(id);
    return found == nodes_.end() ? nullptr : &found->second.facts;
}

const told_node* told_boots::find_boot(const std::string& boot) const {
    for (const auto& [id, of] : nodes_)
        for (const auto& each : of.traces)
            if (each.is == kind::ready && to_hex(each.id) == boot) return &of.facts;
    return nullptr;
}

void told_boots::for_each(const std::function<void(const told_node& each)>& visit) const {
    for (const auto& [id, of] : nodes_)
        visit(of.facts);
}

std::size_t told_boots::boots() const noexcept {
    std::size_t count = 0;
    for (const auto& [id, of] : nodes_)
        for (const auto& each : of.traces)
            count += each.is == kind::ready ? 1 : 0;
    return count;
}

}  // namespace meshhost::observe::proto
