// SPDX-License-Identifier: Apache-2.0
#include "app/load_reporter.hpp"

namespace meshhost::app {

peers::proto::node_budget node_budget_of(const usage::proto::budget& budget) {
    using from = usage::proto::budget_source;
    using to = peers::proto::budget_source;
    const to source = budget.source == from::config   ? to::config
                      : budget.source == from::cgroup ? to::cgroup
                                                      : to::none;
    return {budget.most.cpu_millicores, budget.most.memory_bytes, source};
}

double share_of(std::uint64_t used, std::uint64_t budget, std::uint64_t machine) {
    const std::uint64_t all = budget != 0 ? budget : machine;
    if (all == 0) return -1;
    return static_cast<double>(used) / static_cast<double>(all);
}

void load_reporter::on_usage(
    time_point now,
    const usage::proto::usage& used,
    const usage::proto::budget& budget
) {
    parts_.reporter.set_budget(node_budget_of(budget));
    const auto& most = budget.most;
    parts_.peers.set_load(tracker_.sample(
        now,
        share_of(used.cpu_millicores, most.cpu_millicores, machine_.cpu_millicores),
        share_of(used.rss_bytes, most.memory_bytes, machine_.memory_bytes)
    ));
    if (parts_.sends_meters) parts_.peers.set_meters(meters_of(used));
    if (parts_.on_look) parts_.on_look(now);
}

peers::proto::node_meters load_reporter::meters_of(const usage::proto::usage& used) const {
    const auto known = parts_.peers.measure();
    const auto net = parts_.endpoint.measure();
    peers::proto::node_meters out{
        .cpu_millicores = used.cpu_millicores,
        .resident_bytes = used.rss_bytes,
        .descriptors = used.descriptors,
        .threads = used.threads,
        .peers_known = known.peers,
        .peers_connected = known.connected,
        .datagrams_sent = net.datagrams_sent,
        .datagrams_received = net.datagrams_received};
    if (parts_.gossip == nullptr) return out;
    const auto traffic = parts_.gossip->measure().state;
    for (const auto& each : traffic.sent)
        out.frames_sent += each.frames;
    for (const auto& each : traffic.received)
        out.frames_received += each.frames;
    return out;
}

void load_reporter::on_budget_news(const char* kind, const usage::proto::budget_news& news) {
    if (news.is_over) {
        exceeded_[kind] = news.words;
        log_.warn("over the {} budget: {}", kind, news.words);
    } else {
        exceeded_.erase(kind);
        log_.info("within the {} budget again: {}", kind, news.words);
    }
    parts_.observer.on_budget_news(kind, news);
}

std::vector<std::string> load_reporter::warnings() const {
    std::vector<std::string> all;
    for (const auto& [kind, words] : exceeded_)
        all.push_back("over the " + kind + " budget: " + words);
    return all;
}

}  // namespace meshhost::app
