// SPDX-License-Identifier: Apache-2.0
#include "lab/model/chaos_action.hpp"

#include "base/near_miss.hpp"

#include <boost/algorithm/string/classification.hpp>
#include <boost/algorithm/string/join.hpp>
#include <boost/algorithm/string/split.hpp>
#include <boost/algorithm/string/trim.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace meshhost::lab::model {
namespace {

/// In the order of the enumerators.
constexpr std::array<std::string_view, 10> verb_names{
    "kill",
    "stop",
    "pause",
    "resume",
    "restart",
    "partition",
    "heal",
    "loss",
    "plugin-crash",
    "relay-only"};

failure fault(std::string message) {
    return {
        exit_code::usage,
        "E_CHAOS",
        std::move(message),
        "write kill, stop, pause, resume, restart or plugin-crash and a node; partition A,B|C,D; "
        "relay-only A,B; loss 5% [A,B]; or heal"};
}

/// "a,b,c" without empty ones.
std::vector<std::string> names_in(const std::string& text) {
    std::vector<std::string> parts;
    boost::algorithm::split(parts, text, boost::algorithm::is_any_of(","));
    std::vector<std::string> names;
    for (std::string& part : parts) {
        boost::algorithm::trim(part);
        if (!part.empty()) names.push_back(std::move(part));
    }
    return names;
}

std::optional<double> read_share(std::string_view text) {
    const bool is_percent = text.ends_with('%');
    if (is_percent) text.remove_suffix(1);
    double value = 0;
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || rest != text.data() + text.size()) return std::nullopt;
    if (is_percent) value /= 100;
    if (value < 0 || value > 1) return std::nullopt;
    return value;
}

outcome<chaos_action> read_partition(chaos_action action, const std::string& text) {
    std::vector<std::string> sides;
    boost::algorithm::split(sides, text, boost::algorithm::is_any_of("|"));
    for (const std::string& side : sides) {
        action.groups.push_back(names_in(side));
        if (action.groups.back().empty()) return fault("a side of the partition is empty");
    }
    if (sides.size() < 2) return fault("a partition has two sides or more: A,B|C,D or A,B|rest");
    return action;
}

outcome<chaos_action> read_loss(chaos_action action, std::span<const std::string> words) {
    if (words.empty()) return fault("loss of how much? Write loss 5%");
    const auto share = read_share(words.front());
    if (!share) return fault(fmt::format("\"{}\" is no share; write 5% or 0.05", words.front()));
    action.loss = *share;
    std::vector<std::string> names;
    for (const std::string& word : words.subspan(1))
        for (std::string& name : names_in(word))
            names.push_back(std::move(name));
    if (!names.empty()) action.groups.push_back(std::move(names));
    return action;
}

bool is_rest(const std::vector<std::string>& group) {
    return group.size() == 1 && group.front() == "rest";
}

failure unknown_node(const std::string& name, const lab_record& lab) {
    std::vector<std::string> known;
    for (const lab_node& node : lab.nodes)
        known.push_back(node.name);
    auto message = fmt::format("no host of the lab is called \"{}\"", name);
    if (const auto meant = nearest(name, known))
        message += fmt::format("; did you mean \"{}\"?", *meant);
    return {
        exit_code::unreachable,
        "E_NO_SUCH_NODE",
        std::move(message),
        "meshctl lab status lists them; any draws one, compute/any one of a role"};
}

/// "any" and "compute/any" → a role, which may be empty; nullopt for a name.
std::optional<std::string> role_drawn(const std::string& text) {
    if (text == "any") return "";
    if (!text.ends_with("/any")) return std::nullopt;
    return text.substr(0, text.size() - 4);
}

}  // namespace

std::string_view to_text(chaos_verb verb) {
    return verb_names[static_cast<std::size_t>(verb)];
}

bool is_network_fault(chaos_verb verb) {
    return verb == chaos_verb::partition || verb == chaos_verb::loss
           || verb == chaos_verb::relay_only;
}

outcome<chaos_action> parse_chaos(std::span<const std::string> words) {
    if (words.empty()) return fault("what is to be done?");
    const auto named = std::find(verb_names.begin(), verb_names.end(), words.front());
    if (named == verb_names.end()) {
        const std::vector<std::string> known(verb_names.begin(), verb_names.end());
        auto message = fmt::format("\"{}\" is nothing that can be done to a lab", words.front());
        if (const auto meant = nearest(words.front(), known))
            message += fmt::format("; did you mean \"{}\"?", *meant);
        return fault(std::move(message));
    }
    chaos_action action;
    action.verb = static_cast<chaos_verb>(named - verb_names.begin());
    const auto rest = words.subspan(1);
    const std::string joined =
        boost::algorithm::join(std::vector<std::string>(rest.begin(), rest.end()), ",");
    switch (action.verb) {
    case chaos_verb::partition:
        return read_partition(std::move(action), joined);
    case chaos_verb::loss:
        return read_loss(std::move(action), rest);
    case chaos_verb::heal:
        if (!rest.empty()) return fault("heal takes no node: it ends every fault of the network");
        return action;
    case chaos_verb::kill:
    case chaos_verb::stop:
    case chaos_verb::pause:
    case chaos_verb::resume:
    case chaos_verb::restart:
    case chaos_verb::plugin_crash:
    case chaos_verb::relay_only:
        break;
    }
    action.groups.push_back(names_in(joined));
    if (action.groups.front().empty()) return fault(fmt::format("{} whom?", words.front()));
    if (action.verb == chaos_verb::relay_only && action.groups.front().size() < 2)
        return fault("relay-only is between two hosts or more: relay-only A,B");
    return action;
}

outcome<chaos_action> parse_chaos(std::string_view text) {
    std::vector<std::string> words;
    boost::algorithm::split(
        words,
        boost::algorithm::trim_copy(std::string(text)),
        boost::algorithm::is_any_of(" \t\n"),
        boost::algorithm::token_compress_on
    );
    if (words.size() == 1 && words.front().empty()) words.clear();
    return parse_chaos(words);
}

outcome<std::vector<std::vector<std::string>>> resolve_groups(
    const chaos_action& action,
    const lab_record& lab,
    const std::set<std::string>& running,
    prng& draw
) {
    const bool wakes = action.verb == chaos_verb::resume || action.verb == chaos_verb::restart;
    std::set<std::string> taken;
    std::vector<std::vector<std::string>> groups;
    for (const auto& written : action.groups) {
        auto& group = groups.emplace_back();
        if (is_rest(written)) continue;
        for (const std::string& name : written) {
            std::string found = name;
            if (const auto role = role_drawn(name)) {
                std::vector<std::string> candidates;
                for (const lab_node& node : lab.nodes)
                    if ((role->empty() || node.role == *role) && !taken.contains(node.name)
                        && running.contains(node.name) != wakes)
                        candidates.push_back(node.name);
                if (candidates.empty())
                    return fault(fmt::format("nobody is left for \"{}\"", name));
                found = candidates[draw.below(candidates.size())];
            }
            if (lab.find(found) == nullptr) return unknown_node(found, lab);
            if (taken.insert(found).second) group.push_back(found);
        }
    }
    for (std::size_t i = 0; i < groups.size(); ++i) {
        if (!is_rest(action.groups[i])) continue;
        for (const lab_node& node : lab.nodes)
            if (taken.insert(node.name).second) groups[i].push_back(node.name);
    }
    return groups;
}

}  // namespace meshhost::lab::model
