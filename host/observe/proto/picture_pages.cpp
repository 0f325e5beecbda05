// SPDX-License-Identifier: Apache-2.0
#include "observe/proto/picture_pages.hpp"

#include "base/bytes.hpp"
#include "observe/proto/edge_id.hpp"

#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parse.hpp>

#include <algorithm>
#include <utility>

namespace meshhost::observe::proto {

namespace json = boost::json;

namespace {

/// Of an object of the picture's own.
template <class Facts>
Facts read(std::string_view text, Facts (*facts_of)(const json::object&)) {
    json::monotonic_resource room;
    const auto whole = json::parse({text.data(), text.size()}, &room);
    return facts_of(whole.get_object());
}

constexpr std::string_view edge_list = "edges ";  ///< begins a cursor: one of nodes has no such

void for_each_match(
    const packed_picture& in,
    const node_filter& where,
    const std::function<void(const node_facts&)>& visit
) {
    edges_by_node edges;
    if (where.asks_edges()) edges = read_edges_by_node(in);
    in.for_each_node([&](const std::string& id, std::string_view text) {
        const auto node = read(text, facts_of_node);
        if (where.matches(node, edges[id])) visit(node);
    });
}

}  // namespace

page find_nodes(const packed_picture& in, const node_question& asked) {
    page out;
    out.total = in.nodes();
    std::vector<order_key> behind;  // the cursor
    for_each_match(in, asked.where, [&](const node_facts& node) {
        ++out.matched;
        auto key = asked.order.key_of(node);
        if (!asked.after || asked.order.comes_before(*asked.after, key))
            behind.push_back(std::move(key));
    });
    const auto size = std::min(asked.limit, behind.size());
    const auto end = behind.begin() + static_cast<std::ptrdiff_t>(size);
    std::partial_sort(behind.begin(), end, behind.end(), [&](const auto& one, const auto& other) {
        return asked.order.comes_before(one, other);
    });
    for (auto at = behind.begin(); at != end; ++at)
        out.ids.push_back(at->id);
    if (size > 0 && size < behind.size()) out.next = asked.order.cursor_at(behind[size - 1]);
    return out;
}

page find_edges(const packed_picture& in, const edge_question& asked) {
    std::map<std::string, node_facts, std::less<>> nodes;
    if (!asked.where.is_empty())
        in.for_each_node([&](const std::string& id, std::string_view text) {
            nodes.emplace(id, read(text, facts_of_node));
        });
    page out;
    bool has_more = false;
    const auto matches = [&](const std::string& id, std::string_view text) {
        if (asked.where.is_empty()) return true;
        const auto [a, b] = ends_of_edge(id);
        const auto one = nodes.find(a);
        const auto other = nodes.find(b);
        return one != nodes.end() && other != nodes.end()
               && asked.where.matches(read(text, facts_of_edge), one->second, other->second);
    };
    in.for_each_edge([&](const std::string& id, std::string_view text) {
        ++out.total;
        if (!matches(id, text)) return;
        ++out.matched;
        if (id <= asked.after) return;
        if (out.ids.size() < asked.limit)
            out.ids.push_back(id);
        else
            has_more = true;
    });
    if (has_more) out.next = to_hex(as_bytes(std::string(edge_list) + out.ids.back()));
    return out;
}

std::optional<node_facts> find_facts(const packed_picture& in, std::string_view node) {
    const auto text = in.find_node(node);
    if (!text) return std::nullopt;
    return read(*text, facts_of_node);
}

edges_by_node read_edges_by_node(const packed_picture& in) {
    edges_by_node all;
    in.for_each_edge([&](const std::string& id, std::string_view text) {
        const auto [a, b] = ends_of_edge(id);
        auto facts = read(text, facts_of_edge);
        all[std::string(a)].push_back(facts);
        all[std::string(b)].push_back(std::move(facts));
    });
    return all;
}

std::optional<std::string> read_edge_cursor(std::string_view text) {
    constexpr std::size_t most = 512;
    const auto id = text.size() > most ? std::nullopt : from_hex(text);
    if (!id || !as_text(*id).starts_with(edge_list)) return std::nullopt;
    return std::string(as_text(*id).substr(edge_list.size()));
}

std::set<std::string> matching_nodes(const packed_picture& in, const node_filter& where) {
    std::set<std::string> ids;
    for_each_match(in, where, [&](const node_facts& node) { ids.insert(node.id); });
    return ids;
}

}  // namespace meshhost::observe::proto
