// SPDX-License-Identifier: Apache-2.0
#include "ctl/view_top.hpp"

#include "ctl/budget_use.hpp"
#include "ctl/node_marks.hpp"
#include "ctl/terminal_text.hpp"
#include "ctl/view_parts.hpp"
#include "ctl/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace meshhost::ctl {

namespace {

constexpr double one_processor = 1000;  // millicores

table_cell state_cell(const host_row& row, duration patience, const console& out) {
    const bool is_silent = row.silence > patience;
    const auto state = !row.error.empty() ? std::string("unreached")
                       : is_silent        ? std::string("silent")
                                          : row.state;
    const auto likened = !row.error.empty() ? std::string("dead")
                         : is_silent        ? std::string("stale")
                                            : row.state;
    const auto is_over = [](const auto& used, const auto& budget) {
        return used && budget && *used > *budget;
    };
    const bool is_over_budget =
        is_over(row.cpu_millicores, row.cpu_budget) || is_over(row.memory_bytes, row.memory_budget);
    return {
        fmt::format(
            "{}{} {}",
            state_mark(likened, out.style().unicode),
            is_over_budget ? "!" : "",
            state
        ),
        {},
        is_over_budget ? tone::warning : tone_of_state(likened)};
}

/// A share of the budget, or what is used when there is none.
table_cell use_cell(
    const std::optional<double>& used,
    const std::optional<double>& budget,
    std::string (*text)(double),
    double whole
) {
    if (!used) return {};
    if (!budget) return {text(*used), *used / whole * 100};
    const double share = *used / *budget;
    return {percent_text(share), share * 100, share > 1 ? tone::bad : tone::plain};
}

std::string millicores_text(double millicores) {
    return fmt::format("{:.0f} m", millicores);
}

std::vector<table_cell> rate_cells(const std::optional<host_rates>& rates) {
    if (!rates) return std::vector<table_cell>(4);
    table_cell duplicates;
    if (rates->copies > 0) {
        const double share = 1 - rates->messages / rates->copies;
        duplicates = {fmt::format("{:.1f} %", share * 100), share * 100};
    }
    return {
        {bytes_text(rates->received) + "/s", rates->received},
        {bytes_text(rates->sent) + "/s", rates->sent},
        {fmt::format("{:.1f}", rates->messages), rates->messages},
        std::move(duplicates)};
}

table_cell rtt_cell(const std::optional<duration>& rtt) {
    if (!rtt) return {};
    return {rtt_text(*rtt), std::chrono::duration<double, std::milli>(*rtt).count()};
}

std::vector<table_cell> row_cells(const host_row& row, duration patience, const console& out) {
    constexpr double mebibyte = 1 << 20;
    std::vector<table_cell> cells{
        {row.name},
        state_cell(row, patience, out),
        use_cell(row.cpu_millicores, row.cpu_budget, millicores_text, one_processor),
        {sparkline(row.cpu_history, out.style().unicode)},
        use_cell(row.memory_bytes, row.memory_budget, bytes_text, 1024 * mebibyte)};
    for (auto& cell : rate_cells(row.rates))
        cells.push_back(std::move(cell));
    const bool has_neighbors = row.eager + row.lazy > 0;
    cells.push_back({has_neighbors ? fmt::format("{}/{}", row.eager, row.lazy) : ""});
    cells.push_back(rtt_cell(row.rtt));
    cells.push_back({row.error});
    cells.push_back({row.tier});
    cells.push_back({row.id});
    return cells;
}

std::string of_budget(double used, double budget, std::string (*text)(double)) {
    if (budget <= 0) return text(used);
    return fmt::format("{} of {}", text(used), text(budget));
}

std::string processors_text(double millicores) {
    return fmt::format("{:.2f}", millicores / one_processor);
}

/// "12:04:51" of RFC 3339.
std::string clock_text(const std::string& at) {
    return at.size() >= 19 ? at.substr(11, 8) : "";
}

}  // namespace

std::string sparkline(const std::deque<double>& values, bool unicode) {
    constexpr std::array blocks{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    constexpr std::array letters{".", ":", "-", "=", "+", "*", "#", "@"};
    std::string line;
    for (const double value : values) {
        const auto level = static_cast<std::size_t>(
            std::clamp(value * static_cast<double>(blocks.size()), 0.0, 7.0)
        );
        line += unicode ? blocks[level] : letters[level];
    }
    return line;
}

table_view top_table(const std::vector<host_row>& rows, duration patience, const console& out) {
    constexpr auto right = align::right;
    table_view table(
        "node",
        "",
        {{"node"},
         {"state"},
         {"cpu", right, true, "percent"},
         {"trend"},
         {"ram", right, true, "percent"},
         {"rx", right, true, "bytes_per_second"},
         {"tx", right, true, "bytes_per_second"},
         {"msgs", right, true, "per_second"},
         {"dup", right, true, "percent"},
         {"tree", right},
         {"rtt", right, true, "ms"},
         {"note"},
         {"tier", align::left, false},
         {"id", align::left, false}}
    );
    for (const auto& row : rows)
        table.add(row_cells(row, patience, out));
    return table;
}

std::string top_header(std::string_view mesh, const mesh_totals& totals, const console& out) {
    const auto* dot = out.dot();
    std::vector<std::string> nodes{count_text(totals.nodes, "node")};
    if (totals.hubs > 0) nodes.push_back(count_text(totals.hubs, "hub"));
    if (totals.unreachable > 0) nodes.push_back(fmt::format("{} unreached", totals.unreachable));
    auto gossip = fmt::format("gossip {:.1f} msg/s", totals.messages);
    if (totals.copies > 0)
        gossip += fmt::format(", {} first copies", percent_text(totals.messages / totals.copies));
    return fmt::format(
        "{}  {}   {}\nCPU {} processors{}RAM {}{}{}\n",
        printable(mesh),
        joined(nodes, dot),
        clock_text(totals.at),
        of_budget(totals.cpu_millicores, totals.cpu_budget, processors_text),
        dot,
        of_budget(totals.memory_bytes, totals.memory_budget, bytes_text),
        dot,
        gossip
    );
}

std::string next_top_order(std::string_view current) {
    constexpr std::array orders{"node", "-cpu", "-ram", "-rx", "-tx", "-msgs", "-rtt"};
    const auto at = std::find(orders.begin(), orders.end(), current);
    const bool is_last = at == orders.end() || at + 1 == orders.end();
    return is_last ? orders.front() : *(at + 1);
}

std::string screen_text(std::string_view text, std::size_t columns, std::size_t rows) {
    constexpr const char* home = "\x1b[H";
    constexpr const char* clear_line = "\x1b[K";
    constexpr const char* clear_below = "\x1b[J";
    std::string screen = home;
    for (std::size_t i = 0; i < rows && !text.empty(); ++i) {
        const auto end = std::min(text.find('\n'), text.size());
        if (i > 0) screen += "\r\n";
        screen += clipped(text.substr(0, end), columns) + clear_line;
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return screen + clear_below;
}

}  // namespace meshhost::ctl
