// SPDX-License-Identifier: Apache-2.0
#include "ctl/view_trace.hpp"

#include "ctl/text_table.hpp"
#include "http/envelope.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace meshhost::ctl {

namespace {

std::string ms_text(duration time) {
    return fmt::format("{:.1f} ms", std::chrono::duration<double, std::milli>(time).count());
}

std::string time_text(duration since_epoch) {
    return http::format_time(std::chrono::system_clock::time_point(
        std::chrono::duration_cast<std::chrono::system_clock::duration>(since_epoch)
    ));
}

/// Whether more at this depth follows before something above it.
bool goes_on(const std::vector<trace_hop>& hops, std::size_t at, unsigned depth) {
    for (std::size_t i = at + 1; i < hops.size() && hops[i].depth >= depth; ++i)
        if (hops[i].depth == depth) return true;
    return false;
}

std::string branch(const std::vector<trace_hop>& hops, std::size_t at, bool is_unicode) {
    std::string text;
    const unsigned depth = hops[at].depth;
    for (unsigned above = 1; above < depth; ++above) {
        const bool more = goes_on(hops, at, above);
        text += is_unicode ? (more ? "│  " : "   ") : (more ? "|  " : "   ");
    }
    if (depth == 0) return text;
    const bool more = goes_on(hops, at, depth);
    return text + (is_unicode ? (more ? "├─ " : "└─ ") : (more ? "|- " : "`- "));
}

}  // namespace

std::string trace_text(const message_trace& of, std::size_t members, const console& out) {
    std::string text = fmt::format(
        "trace {}{}{} bytes on {}{}{}\n",
        of.id,
        out.dot(),
        of.size,
        of.topic,
        out.dot(),
        time_text(of.started)
    );
    const bool is_whole = members == 0 || of.delivered() >= members;
    text += fmt::format(
        "heard by {} in {} (p50 {}, p95 {}), depth {}\n",
        out.tinted(
            members == 0 ? fmt::format("{} hosts", of.delivered())
                         : fmt::format("{} of {} hosts", of.delivered(), members),
            is_whole ? tone::good : tone::bad
        ),
        ms_text(of.reached(1)),
        ms_text(of.reached(0.5)),
        ms_text(of.reached(0.95)),
        of.depth()
    );
    if (of.origin.empty())
        text += "its origin did not answer: times are since the first delivery\n";
    for (std::size_t i = 0; i < of.hops.size(); ++i) {
        const auto& hop = of.hops[i];
        text += fmt::format(
            "{:>10}  {}{}{}\n",
            ms_text(hop.at),
            branch(of.hops, i, out.style().unicode),
            hop.node,
            hop.is_lost ? "  (from a host that did not answer)" : ""
        );
    }
    if (!out.style().quiet) text += "times are by each host's own clock\n";
    return text;
}

std::string traces_text(std::span<const message_trace> all, const console& out) {
    if (all.empty())
        return "no host has followed a message lately; meshctl trace publish sends one\n";
    text_table table(
        {{"TRACE"},
         {"STARTED"},
         {"ORIGIN"},
         {"TOPIC"},
         {"HEARD BY", align::right},
         {"DEPTH", align::right},
         {"LAST", align::right}}
    );
    constexpr std::size_t digits_shown = 12;
    for (const auto& each : all)
        table.add(
            {each.id.substr(0, digits_shown),
             time_text(each.started),
             each.origin.empty() ? "?" : each.origin,
             each.topic,
             std::to_string(each.delivered()),
             std::to_string(each.depth()),
             ms_text(each.reached(1))}
        );
    return table.to_string(out.style().header);
}

}  // namespace meshhost::ctl
