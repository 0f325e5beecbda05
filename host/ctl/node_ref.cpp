// SPDX-License-Identifier: Apache-2.0
#include "ctl/node_ref.hpp"

#include "ctl/terminal_text.hpp"
#include "ctl/words.hpp"

#include <boost/algorithm/string/case_conv.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace meshhost::ctl {

namespace {

using candidates = std::vector<const known_node*>;

template <class Predicate>
candidates matching(std::span<const known_node> nodes, Predicate matches) {
    candidates found;
    for (const auto& node : nodes)
        if (matches(node)) found.push_back(&node);
    return found;
}

failure ambiguous(std::string_view text, const candidates& found) {
    std::string list;
    for (const auto* node : found)
        list += (list.empty() ? "" : ", ") + node_label(*node);
    return {
        exit_code::usage,
        "E_AMBIGUOUS",
        fmt::format("\"{}\" names {} nodes: {}", printable(text), found.size(), list),
        "write more of the id"};
}

bool is_hex(std::string_view text) {
    return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
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

outcome<const known_node*> find_node(std::string_view text, std::span<const known_node> nodes) {
    if (text.empty()) return nullptr;
    auto found = matching(nodes, [&](const known_node& node) { return node.name == text; });
    if (found.empty()) {
        const auto prefix = boost::algorithm::to_lower_copy(std::string(text));
        if (prefix.size() >= id_prefix_min && is_hex(prefix))
            found = matching(nodes, [&](auto& node) { return node.id.starts_with(prefix); });
    }
    if (found.size() > 1) return ambiguous(text, found);
    if (found.size() == 1) return found.front();
    return find_in_role(text, nodes);
}

std::string node_label(const known_node& node) {
    if (node.name.empty()) return short_id(node.id);
    return fmt::format("{} ({})", printable(node.name), short_id(node.id));
}

}  // namespace meshhost::ctl
