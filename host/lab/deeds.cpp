// SPDX-License-Identifier: Apache-2.0
#include "lab/deeds.hpp"

#include "config/duration_text.hpp"
#include "lab/faults.hpp"
#include "lab/host_api.hpp"
#include "lab/interrupt.hpp"
#include "lab/keeper.hpp"
#include "lab/keeper_client.hpp"
#include "lab/process.hpp"

#include <boost/algorithm/string/join.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <csignal>

namespace meshhost::lab {
namespace {

using model::chaos_verb;

constexpr duration ready_wait = 30s;        ///< for a host that is started again
constexpr std::size_t names_shown_max = 6;  ///< of a group; a larger one is a number

std::string joined(const host_groups& groups) {
    std::vector<std::string> sides;
    for (const auto& group : groups)
        sides.push_back(
            group.size() <= names_shown_max ? boost::algorithm::join(group, ",")
                                            : fmt::format("{} hosts", group.size())
        );
    return boost::algorithm::join(sides, "|");
}

std::vector<std::string> all_of(const host_groups& groups) {
    std::vector<std::string> names;
    for (const auto& group : groups)
        names.insert(names.end(), group.begin(), group.end());
    return names;
}

/// Sends it to each and says when the last had it.
outcome<time_point> signal_each(
    const model::lab_record& lab,
    const std::vector<std::string>& names,
    int signal
) {
    for (const auto& name : names) {
        const auto sent = send_signal(lab.find(name)->process, signal);
        if (!sent) return sent.error();
    }
    return monotonic_now();
}

outcome<void> await_end(const model::lab_record& lab, const std::vector<std::string>& names) {
    for (const auto& name : names)
        if (!wait_until_gone(lab.find(name)->process, stop_wait))
            return failure{
                exit_code::timeout,
                "E_TIMEOUT",
                fmt::format("{} did not stop within {}", name, config::format_duration(stop_wait)),
                "look at its log, or kill it: meshctl lab chaos kill " + name};
    return {};
}

outcome<time_point> stop_each(const model::lab_record& lab, const std::vector<std::string>& names) {
    const auto told = signal_each(lab, names, SIGTERM);
    if (!told) return told.error();
    if (const auto ended = await_end(lab, names); !ended) return ended.error();
    return told;
}

outcome<time_point> restart_each(
    const model::lab_record& lab,
    const std::vector<std::string>& names
) {
    if (const auto woken = signal_each(lab, names, SIGCONT); !woken) return woken.error();
    if (const auto stopped = stop_each(lab, names); !stopped) return stopped.error();
    auto keeper = keeper_client::connect(lab.dir);
    if (!keeper) return keeper.error();
    const auto told = monotonic_now();
    const auto started = keeper->start(names, ready_wait, [](const auto&) {});
    if (!started) return started.error();
    return told;
}

outcome<void> crash_plugins(const model::lab_record& lab, const std::vector<std::string>& names) {
    for (const auto& name : names) {
        const auto* node = lab.find(name);
        const auto done =
            post(lab.socket_of(*node), "/v1/lab/plugin-crash", {{"instance", node->role}});
        if (!done) return done.error();
    }
    return {};
}

outcome<void> set_loss(
    const model::lab_record& lab,
    const model::chaos_action& action,
    std::vector<std::string> names
) {
    if (names.empty())
        for (const auto& node : lab.nodes)
            names.push_back(node.name);
    return lose(lab, names, action.loss);
}

std::string_view needed_state(chaos_verb verb) {
    switch (verb) {
    case chaos_verb::kill:
    case chaos_verb::stop:
    case chaos_verb::pause:
    case chaos_verb::plugin_crash:
        return "run";
    case chaos_verb::resume:
        return "be paused";
    case chaos_verb::restart:
    case chaos_verb::partition:
    case chaos_verb::heal:
    case chaos_verb::loss:
    case chaos_verb::relay_only:
        return "";
    }
    return "";
}

/// It has a process and nothing else of a host; hosts are kept to it only where it is.
outcome<void> check_relay(
    const model::lab_record& lab,
    chaos_verb verb,
    const host_groups& groups
) {
    const auto no = [](std::string why, std::string hint) {
        return failure{exit_code::invalid, "E_CHAOS", std::move(why), std::move(hint)};
    };
    if (verb == chaos_verb::relay_only
        && (!lab.relay || state_of(lab.relay->process) != process_state::running))
        return no(
            lab.relay ? "the lab's relay does not run" : "this lab has no relay",
            lab.relay ? "start it again: meshctl lab chaos restart relay"
                      : "make one that has: meshctl lab up --relay"
        );
    const auto names = all_of(groups);
    const bool is_meant = std::find(names.begin(), names.end(), model::relay_name) != names.end();
    if (is_meant && (model::is_network_fault(verb) || verb == chaos_verb::plugin_crash))
        return no("the relay is no host", "kill, pause or restart it");
    return {};
}

}  // namespace

std::string deed_text(const model::chaos_action& action, const host_groups& groups) {
    std::string text(model::to_text(action.verb));
    if (action.verb == chaos_verb::loss) text += fmt::format(" {:g}%", action.loss * 100);
    if (!groups.empty()) text += " " + joined(groups);
    if (action.lasts > duration::zero()) text += " for " + config::format_duration(action.lasts);
    return text;
}

outcome<void> check_deed(
    const model::lab_record& lab,
    const model::chaos_action& action,
    const host_groups& groups
) {
    if (const auto there = check_relay(lab, action.verb, groups); !there) return there;
    const auto needed = needed_state(action.verb);
    if (needed.empty()) return {};
    for (const auto& name : all_of(groups)) {
        const auto state = state_of(lab.find(name)->process);
        const bool fits = action.verb == chaos_verb::resume ? state == process_state::paused
                          : action.verb == chaos_verb::kill ? state != process_state::gone
                                                            : state == process_state::running;
        if (fits) continue;
        return failure{
            exit_code::invalid,
            "E_CHAOS",
            fmt::format(
                "{} cannot {} {}: it does not {}",
                "the lab",
                model::to_text(action.verb),
                name,
                needed
            ),
            "meshctl lab status shows which hosts run; restart brings one back"};
    }
    return {};
}

model::deed plan_deed(
    const model::lab_record& lab,
    const model::chaos_action& action,
    const host_groups& groups,
    const model::mesh_view& before
) {
    model::deed deed;
    deed.is_for_a_time = action.lasts > duration::zero();
    for (const auto& node : lab.nodes)
        if (state_of(node.process) != process_state::running) deed.gone.insert(node.id);
    // Of a partition the first side is what the others look at.
    if (groups.empty()) return deed;
    for (const auto& name : groups.front()) {
        const auto& id = lab.find(name)->id;
        deed.targets.insert(id);
        if (action.verb == chaos_verb::kill || action.verb == chaos_verb::stop
            || action.verb == chaos_verb::pause)
            deed.gone.insert(id);
        if (action.verb == chaos_verb::resume || action.verb == chaos_verb::restart)
            deed.gone.erase(id);
        if (action.verb != chaos_verb::restart) continue;
        for (const auto& host : before)
            if (const auto seen = host.peers.find(id); seen != host.peers.end())
                deed.incarnation_before[id] =
                    std::max(deed.incarnation_before[id], seen->second.incarnation);
    }
    return deed;
}

outcome<time_point> do_deed(
    const model::lab_record& lab,
    const model::chaos_action& action,
    const host_groups& groups
) {
    const auto names = all_of(groups);
    // What takes several calls counts from the first: its first consequences come before the last.
    const auto told = monotonic_now();
    switch (action.verb) {
    case chaos_verb::kill:
        return signal_each(lab, names, SIGKILL);
    case chaos_verb::stop:
        return stop_each(lab, names);
    case chaos_verb::pause:
        return signal_each(lab, names, SIGSTOP);
    case chaos_verb::resume:
        return signal_each(lab, names, SIGCONT);
    case chaos_verb::restart:
        return restart_each(lab, names);
    case chaos_verb::partition:
        if (const auto done = partition(lab, groups); !done) return done.error();
        return told;
    case chaos_verb::heal:
        if (const auto done = heal(lab); !done) return done.error();
        return told;
    case chaos_verb::loss:
        if (const auto done = set_loss(lab, action, names); !done) return done.error();
        return told;
    case chaos_verb::plugin_crash:
        if (const auto done = crash_plugins(lab, names); !done) return done.error();
        return told;
    case chaos_verb::relay_only:
        if (const auto done = keep_to_relay(lab, names); !done) return done.error();
        return told;
    }
    return told;
}

}  // namespace meshhost::lab
