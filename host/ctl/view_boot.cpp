// SPDX-License-Identifier: Apache-2.0
#include "ctl/view_boot.hpp"

#include "ctl/terminal_text.hpp"
#include "ctl/text_table.hpp"
#include "ctl/words.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace meshhost::ctl {

namespace {

constexpr int bar_width = 40;
constexpr int name_width = 36;

double in_ms(duration span) {
    return std::chrono::duration<double, std::milli>(span).count();
}

std::string ms_text(duration span) {
    return fmt::format("{:.1f} ms", in_ms(span));
}

/// Where in the whole it lies, to the nearest column; at least one, so that it is seen.
std::string bar(const boot_span& of, duration whole, const console& out) {
    if (whole <= duration::zero()) return "";
    const auto column = [&](duration at) {
        const double share = std::clamp(in_ms(at) / in_ms(whole), 0.0, 1.0);
        return static_cast<int>(std::lround(share * bar_width));
    };
    const int begin = std::min(column(of.began), bar_width - 1);
    const int end = std::max(column(of.began + of.length), begin + 1);
    std::string drawn(static_cast<std::size_t>(begin), ' ');
    for (int at = begin; at < end; ++at)
        drawn += out.style().unicode ? "█" : "#";
    return drawn;
}

/// "├─ ", "│  └─ ": whether more of its parent's follow tells which.
std::string branch(std::span<const boot_span> all, std::size_t at, bool is_unicode) {
    const auto follows = [&](unsigned depth) {
        for (std::size_t i = at + 1; i < all.size() && all[i].depth >= depth; ++i)
            if (all[i].depth == depth) return true;
        return false;
    };
    std::string text;
    for (unsigned depth = 1; depth < all[at].depth; ++depth) {
        const bool is_open = follows(depth);
        text += is_unicode ? (is_open ? "│  " : "   ") : (is_open ? "|  " : "   ");
    }
    if (all[at].depth == 0) return text;
    if (is_unicode) return text + (follows(all[at].depth) ? "├─ " : "└─ ");
    return text + (follows(all[at].depth) ? "|- " : "`- ");
}

std::string ratio_text(duration length, duration usual) {
    if (usual <= duration::zero()) return "";
    return fmt::format("{:.1f} x {}", in_ms(length) / in_ms(usual), ms_text(usual));
}

std::string when_text(duration since_epoch) {
    return fmt::format(
        "{:%Y-%m-%d %H:%M:%S} UTC",
        std::chrono::system_clock::time_point(
            std::chrono::duration_cast<std::chrono::seconds>(since_epoch)
        )
    );
}

std::string step_line(
    const boot& of,
    std::size_t at,
    const std::optional<boot_comparison>& compared,
    const console& out
) {
    const auto& span = of.spans[at];
    const bool is_unicode = out.style().unicode;
    const auto stem = branch(of.spans, at, is_unicode);
    // Three columns a level, however many bytes they are.
    const int room = name_width - 3 * static_cast<int>(span.depth);
    const auto name = printable(span.object.empty() ? span.name : span.name + " " + span.object);
    auto line = fmt::format("{}{:<{}} {:>9}  ", stem, name, room, ms_text(span.length));
    line += bar(span, of.spans.front().length, out);
    if (compared && span.depth <= 1)
        if (const auto usual = compared->lengths.find(span.name); usual != compared->lengths.end())
            line += "  " + ratio_text(span.length, usual->second);
    if (!span.fault.empty()) line += "  " + out.tinted(printable(span.fault), tone::bad);
    line.erase(line.find_last_not_of(' ') + 1);
    return line + "\n";
}

std::string shape_line(const boot& of, const console& out) {
    const auto shape = shape_of(of);
    const auto words = fmt::format(
        "{} of {} steps, {}, gaps {:.1f} %",
        shape.steps,
        boot_steps.size(),
        shape.is_in_order ? "in order" : "not in order",
        shape.gaps * 100
    );
    const auto verdict = shape.is_healthy ? out.tinted("healthy", tone::good)
                                          : out.tinted("not healthy", tone::warning);
    return fmt::format("shape: {} ({})\n", verdict, words);
}

}  // namespace

std::string boot_text(
    const boot& of,
    const std::string& node,
    const std::optional<boot_comparison>& compared,
    const console& out
) {
    auto text = fmt::format(
        "{}: start {}, {}, version {}: {}\n",
        node,
        of.number,
        when_text(of.started),
        printable(of.version),
        of.outcome == "failed" ? out.tinted("failed: " + printable(of.error), tone::bad)
                               : printable(of.outcome)
    );
    if (compared) text += fmt::format("beside each step: {}\n", compared->with);
    if (of.lead > duration::zero())
        text +=
            fmt::format("{:<{}} {:>9}\n", "(before: configuration)", name_width, ms_text(of.lead));
    for (std::size_t at = 0; at < of.spans.size(); ++at)
        text += step_line(of, at, compared, out);
    text += shape_line(of, out);
    if (compared)
        for (const auto& slow : slow_steps(of, compared->lengths))
            text += out.tinted(
                        fmt::format(
                            "! {} took {}, {:.1f} times {}",
                            slow.name,
                            ms_text(slow.length),
                            in_ms(slow.length) / in_ms(slow.usual),
                            ms_text(slow.usual)
                        ),
                        tone::warning
                    )
                    + "\n";
    return text;
}

std::string boots_text(std::span<const node_boot> all, const console& out) {
    std::vector<boot> known;
    for (const auto& each : all)
        if (each.last) known.push_back(*each.last);
    const auto usual = median_of(known);
    std::vector<const node_boot*> order;
    for (const auto& each : all)
        order.push_back(&each);
    const auto length = [](const node_boot* each) {
        return each->last ? each->last->spans.front().length : duration(-1);
    };
    std::stable_sort(order.begin(), order.end(), [&](const auto* a, const auto* b) {
        return length(a) > length(b);
    });
    text_table table(
        {{"NODE"},
         {"READY", align::right},
         {"IDENTITY", align::right},
         {"ENDPOINT", align::right},
         {"ALPN", align::right},
         {"GOSSIP", align::right},
         {"ACCEPT", align::right},
         {"START", align::right},
         {"WHAT"}}
    );
    std::size_t healthy = 0;
    for (const auto* each : order) {
        std::vector<std::string> cells{each->node};
        if (!each->last) {
            cells.resize(8);
            cells.push_back("no answer: " + each->error);
            table.add(std::move(cells));
            continue;
        }
        const auto lengths = lengths_of(*each->last);
        cells.push_back(ms_text(each->last->spans.front().length));
        for (const auto step : boot_steps) {
            const auto found = lengths.find(step);
            cells.push_back(found == lengths.end() ? "" : ms_text(found->second));
        }
        cells.push_back(std::to_string(each->last->number));
        std::string what;
        for (const auto& slow : slow_steps(*each->last, usual))
            what += fmt::format(
                "{}{} {:.1f} x the median",
                what.empty() ? "" : ", ",
                slow.name,
                in_ms(slow.length) / in_ms(slow.usual)
            );
        const bool is_healthy = shape_of(*each->last).is_healthy;
        healthy += is_healthy ? 1 : 0;
        if (!is_healthy)
            what = each->last->outcome == "ready" ? "not healthy" : each->last->outcome;
        std::vector<tone> tones(cells.size() + 1, tone::plain);
        tones.back() = tone::warning;
        cells.push_back(what);
        table.add(std::move(cells), std::move(tones));
    }
    auto text = table.to_string(out.style().header, &out);
    if (out.style().quiet) return text;
    const auto median = usual.find("mesh.node.ready");
    return text
           + fmt::format(
               "{} of {} started healthily{}\n",
               healthy,
               count_text(all.size(), "node"),
               median == usual.end() ? "" : ", the median in " + ms_text(median->second)
           );
}

}  // namespace meshhost::ctl
