// SPDX-License-Identifier: Apache-2.0
#include "ctl/boot_model.hpp"

#include "ctl/fields.hpp"

#include <boost/json/array.hpp>

#include <algorithm>
#include <cmath>
#include <functional>

namespace meshhost::ctl {

namespace {

namespace json = boost::json;

constexpr double gaps_max = 0.05;
constexpr int slow_ratio = 3;
constexpr duration slow_least = 5ms;
constexpr unsigned depth_max = 8;

/// Microseconds, perhaps with a fraction.
duration fine_us_in(const json::object& from, std::string_view key) {
    const auto* const found = from.if_contains(key);
    json::error_code not_one;
    const double us = found == nullptr ? 0 : found->to_number<double>(not_one);
    constexpr double most = 1e15;
    if (not_one || !std::isfinite(us) || us < 0 || us > most) return {};
    return std::chrono::duration_cast<duration>(std::chrono::duration<double, std::micro>(us));
}

struct raw_span {
    std::string id;
    std::string parent;
    boot_span span;
};

std::vector<raw_span> spans_in(const json::object& from) {
    std::vector<raw_span> all;
    for (const auto& item : array_in(from, "spans")) {
        if (!item.is_object()) continue;
        const auto& each = item.get_object();
        raw_span found{text_in(each, "span"), text_in(each, "parent"), {}};
        found.span.name = text_in(each, "name");
        found.span.object = text_in(object_in(each, "attributes"), "mesh.plugin.name");
        found.span.began = us_in(each, "started_unix_us").value_or(duration::zero());
        found.span.length = fine_us_in(each, "length_us");
        const auto* const ok = each.if_contains("ok");
        if (ok != nullptr && ok->is_bool() && !ok->get_bool())
            found.span.fault = text_in(each, "message");
        all.push_back(std::move(found));
    }
    return all;
}

void add_below(
    const raw_span& parent,
    const std::vector<raw_span>& all,
    unsigned depth,
    std::vector<boot_span>& out
) {
    out.push_back(parent.span);
    out.back().depth = depth;
    if (depth == depth_max || out.size() > all.size()) return;  // a circle
    for (const auto& each : all)
        if (!each.parent.empty() && each.parent == parent.id) add_below(each, all, depth + 1, out);
}

duration middle(std::vector<duration> all) {
    const auto half = all.begin() + static_cast<std::ptrdiff_t>(all.size() / 2);
    std::nth_element(all.begin(), half, all.end());
    return *half;
}

}  // namespace

std::optional<boot> read_boot(const json::object& from) {
    auto all = spans_in(from);
    std::stable_sort(all.begin(), all.end(), [](const raw_span& a, const raw_span& b) {
        return a.span.began < b.span.began;
    });
    const auto root = std::find_if(all.begin(), all.end(), [](const raw_span& each) {
        return each.parent.empty();
    });
    if (root == all.end()) return std::nullopt;
    boot out;
    out.number = static_cast<std::uint64_t>(number_in(from, "number").value_or(0));
    out.version = text_in(from, "version");
    out.outcome = text_in(from, "outcome");
    out.error = text_in(from, "error");
    out.started = root->span.began;
    out.lead = fine_us_in(from, "lead_us");
    for (auto& each : all)
        each.span.began -= out.started;
    add_below(*root, all, 0, out.spans);
    return out;
}

boot_shape shape_of(const boot& of) {
    boot_shape shape;
    duration covered{};
    for (const auto& each : of.spans) {
        if (each.depth != 1) continue;
        const bool is_next =
            shape.steps < boot_steps.size() && each.name == boot_steps[shape.steps];
        shape.is_in_order = shape.is_in_order && is_next;
        shape.steps += is_next ? 1 : 0;
        covered += each.length;
    }
    const auto whole = static_cast<double>(of.spans.front().length.count());
    if (whole > 0) shape.gaps = std::max(0.0, 1 - static_cast<double>(covered.count()) / whole);
    shape.is_healthy = of.outcome == "ready" && shape.steps == boot_steps.size()
                       && shape.is_in_order && shape.gaps < gaps_max;
    return shape;
}

boot_lengths lengths_of(const boot& of) {
    boot_lengths lengths;
    for (const auto& each : of.spans)
        if (each.depth <= 1) lengths[each.name] = each.length;
    return lengths;
}

boot_lengths median_of(std::span<const boot> all) {
    std::map<std::string, std::vector<duration>> collected;
    for (const auto& each : all) {
        if (each.outcome != "ready") continue;
        for (const auto& [name, length] : lengths_of(each))
            collected[name].push_back(length);
    }
    boot_lengths medians;
    for (auto& [name, lengths] : collected)
        medians[name] = middle(std::move(lengths));
    return medians;
}

std::vector<slow_step> slow_steps(const boot& of, const boot_lengths& usual) {
    std::vector<slow_step> slow;
    for (const auto& each : of.spans) {
        const auto found = each.depth == 1 ? usual.find(each.name) : usual.end();
        if (found == usual.end()) continue;
        if (each.length > slow_least && each.length > found->second * slow_ratio)
            slow.push_back({each.name, each.length, found->second});
    }
    return slow;
}

}  // namespace meshhost::ctl
