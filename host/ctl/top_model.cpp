// SPDX-License-Identifier: Apache-2.0
#include "ctl/top_model.hpp"

#include "ctl/fields.hpp"
#include "ctl/view_parts.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace meshhost::ctl {

namespace {

double count_in(const boost::json::object& from, std::string_view key) {
    return static_cast<double>(number_in(from, key).value_or(0));
}

std::optional<double> amount_in(const boost::json::object& from, std::string_view key) {
    const auto number = number_in(from, key);
    if (!number) return {};
    return static_cast<double>(*number);
}

/// 0 is no budget.
std::optional<double> limit_in(const boost::json::object& from, std::string_view key) {
    const auto amount = amount_in(from, key);
    return amount && *amount > 0 ? amount : std::nullopt;
}

std::optional<duration> median_rtt(const boost::json::array& edges) {
    std::vector<duration> rtts;
    for (const auto& item : edges)
        if (item.is_object())
            if (const auto rtt = us_in(item.get_object(), "rtt_us")) rtts.push_back(*rtt);
    if (rtts.empty()) return {};
    const auto middle = rtts.begin() + static_cast<std::ptrdiff_t>(rtts.size() / 2);
    std::nth_element(rtts.begin(), middle, rtts.end());
    return *middle;
}

void remember_cpu(host_row& row) {
    constexpr double one_processor = 1000;  // millicores
    if (!row.cpu_millicores) return;
    row.cpu_history.push_back(*row.cpu_millicores / row.cpu_budget.value_or(one_processor));
    if (row.cpu_history.size() > top_history_length) row.cpu_history.pop_front();
}

void read_row(const boost::json::object& line, host_row& row) {
    const auto& usage = object_in(line, "usage");
    const auto& budget = object_in(line, "budget");
    const auto& gossip = object_in(line, "gossip");
    row.tier = text_in(line, "tier");
    row.state = text_in(line, "state");
    row.at = text_in(line, "at");
    row.error.clear();
    row.cpu_millicores = amount_in(usage, "cpu_millicores");
    row.cpu_budget = limit_in(budget, "cpu_millicores");
    row.memory_bytes = limit_in(usage, "rss_bytes");
    row.memory_budget = limit_in(budget, "memory_bytes");
    row.eager = number_in(gossip, "eager").value_or(0);
    row.lazy = number_in(gossip, "lazy").value_or(0);
    row.rtt = median_rtt(array_in(line, "edges"));
    remember_cpu(row);
}

}  // namespace

top_model::counters top_model::read_counters(const boost::json::object& line) {
    const auto& gossip = object_in(line, "gossip");
    const auto& net = object_in(line, "net");
    return {
        ms_in(line, "uptime_ms").value_or(0s),
        count_in(net, "bytes_received"),
        count_in(net, "bytes_sent"),
        count_in(gossip, "delivered"),
        count_in(gossip, "duplicates")};
}

/// nullopt when the host was started anew between the two, or said the same moment twice.
std::optional<host_rates> top_model::rates_between(const counters& before, const counters& after) {
    const double seconds = std::chrono::duration<double>(after.uptime - before.uptime).count();
    const bool goes_on = seconds > 0 && after.received >= before.received
                         && after.sent >= before.sent && after.delivered >= before.delivered
                         && after.duplicates >= before.duplicates;
    if (!goes_on) return {};
    const double delivered = after.delivered - before.delivered;
    const double duplicates = after.duplicates - before.duplicates;
    return host_rates{
        (after.received - before.received) / seconds,
        (after.sent - before.sent) / seconds,
        delivered / seconds,
        (delivered + duplicates) / seconds};
}

void top_model::take(const boost::json::object& line, time_point now) {
    const auto id = text_in(line, "id");
    if (id.empty() || (hosts_.size() >= top_hosts_max && !hosts_.contains(id))) return;
    auto& known = hosts_[id];
    known.row.id = id;
    known.row.name = name_of(line);
    known.heard = now;
    if (const auto& error = object_in(line, "error"); !error.empty()) {
        const auto message = text_in(error, "message");
        known.row.error = message.empty() ? "cannot be asked" : message;
        known.row.rates.reset();
        known.last.reset();
        return;
    }
    read_row(line, known.row);
    const auto latest = read_counters(line);
    known.row.rates = known.last ? rates_between(*known.last, latest) : std::nullopt;
    known.last = latest;
}

void top_model::forget_before(time_point then) {
    std::erase_if(hosts_, [then](const auto& each) { return each.second.heard < then; });
}

std::vector<host_row> top_model::rows(time_point now) const {
    std::vector<host_row> all;
    for (const auto& [id, known] : hosts_) {
        all.push_back(known.row);
        all.back().silence = now - known.heard;
    }
    std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
        return std::tie(a.name, a.id) < std::tie(b.name, b.id);
    });
    return all;
}

mesh_totals top_model::totals(time_point now) const {
    mesh_totals sum;
    for (const auto& row : rows(now)) {
        ++sum.nodes;
        if (row.tier == "hub") ++sum.hubs;
        if (!row.error.empty()) {
            ++sum.unreachable;
            continue;
        }
        sum.cpu_millicores += row.cpu_millicores.value_or(0);
        sum.cpu_budget += row.cpu_budget.value_or(0);
        sum.memory_bytes += row.memory_bytes.value_or(0);
        sum.memory_budget += row.memory_budget.value_or(0);
        sum.at = std::max(sum.at, row.at);
        if (!row.rates) continue;
        sum.messages += row.rates->messages;
        sum.copies += row.rates->copies;
    }
    return sum;
}

}  // namespace meshhost::ctl
