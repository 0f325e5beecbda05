// SPDX-License-Identifier: Apache-2.0
#include "ctl/known_nodes.hpp"

#include "ctl/fields.hpp"
#include "ctl/terminal_text.hpp"

#include <fmt/format.h>

namespace meshhost::ctl {

namespace {

known_node read_node(const boost::json::object& from) {
    return {text_in(from, "id"), text_in(from, "name"), texts_in(from, "roles")};
}

}  // namespace

std::vector<known_node> nodes_in(const boost::json::array& peers) {
    std::vector<known_node> nodes;
    for (const auto& item : peers)
        if (item.is_object()) nodes.push_back(read_node(item.get_object()));
    return nodes;
}

outcome<found_node> pick_node(std::string_view text, const boost::json::object& status) {
    auto nodes = nodes_in(array_in(status, "peers"));
    nodes.push_back(read_node(object_in(status, "self")));
    const auto found = find_node(text, nodes);
    if (!found) return found.error();
    if (*found == nullptr)
        return failure{
            exit_code::unreachable,
            "E_PEER_UNKNOWN",
            fmt::format("no node is known as \"{}\"", printable(text)),
            "meshctl peers lists those that are"};
    return found_node{**found, *found == &nodes.back()};
}

}  // namespace meshhost::ctl
