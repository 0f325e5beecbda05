// SPDX-License-Identifier: Apache-2.0
#include "admin/node_names.hpp"

#include "base/quote.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>

namespace meshhost::admin {

namespace {

constexpr std::size_t digits_min = 4;
constexpr std::size_t digits_shown = 8;
constexpr std::size_t candidates_shown = 8;

using candidates = std::vector<const known_node*>;

template <class Predicate>
candidates matching(std::span<const known_node> nodes, Predicate matches) {
    candidates found;
    for (const auto& node : nodes)
        if (matches(node)) found.push_back(&node);
    return found;
}

std::string label(const known_node& node) {
    const auto short_id = node.id.substr(0, digits_shown);
    return node.name.empty() ? short_id : fmt::format("{} ({})", in_quotes(node.name), short_id);
}

failure ambiguous(std::string_view text, const candidates& found) {
    std::string list;
    for (std::size_t i = 0; i < std::min(found.size(), candidates_shown); ++i)
        list += (list.empty() ? "" : ", ") + label(*found[i]);
    if (found.size() > candidates_shown) list += ", ...";
    return {
        exit_code::usage,
        "E_AMBIGUOUS",
        fmt::format("{} names {} nodes: {}", in_quotes(text), found.size(), list),
        "write more of the id"};
}

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return out;
}

const known_node* find_in_role(std::string_view text, std::span<const known_node> nodes) {
    const auto slash = text.find('/');
    if (slash == std::string_view::npos) return nullptr;
    const auto role = text.substr(0, slash);
    const auto digits = text.substr(slash + 1);
    std::size_t number = 0;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (read.ec != std::errc() || read.ptr != digits.data() + digits.size()) return nullptr;
    auto found = matching(nodes, [&](const known_node& node) {
        return std::find(node.roles.begin(), node.roles.end(), role) != node.roles.end();
    });
    if (number == 0 || number > found.size()) return nullptr;
    std::sort(found.begin(), found.end(), [](auto* a, auto* b) { return a->id < b->id; });
    return found[number - 1];
}

}  // namespace

std::vector<known_node> known_nodes(
    const node_snapshot& node,
    std::span<const peer_snapshot> peers
) {
    std::vector<known_node> all{{node.id, node.name, node.roles, true}};
    for (const auto& peer : peers)
        all.push_back({peer.id, peer.name, peer.roles, false});
    return all;
}

outcome<known_node> find_node(std::string_view text, std::span<const known_node> nodes) {
    auto found =
        matching(nodes, [&](const known_node& node) { return !text.empty() && node.name == text; });
    if (found.empty() && text.size() >= digits_min) {
        const auto prefix = lower(text);
        found =
            matching(nodes, [&](const known_node& node) { return node.id.starts_with(prefix); });
    }
    if (found.size() > 1) return ambiguous(text, found);
    if (found.size() == 1) return *found.front();
    if (const auto* of_role = find_in_role(text, nodes)) return *of_role;
    return failure{
        exit_code::unreachable,
        "E_PEER_UNKNOWN",
        fmt::format("no node is known as {}", in_quotes(text)),
        "meshctl peers lists those that are known"};
}

}  // namespace meshhost::admin
