// SPDX-License-Identifier: Apache-2.0
#include "ctl/view_topology.hpp"

#include "ctl/node_marks.hpp"
#include "ctl/terminal_text.hpp"
#include "ctl/view_parts.hpp"
#include "ctl/words.hpp"

#include <fmt/format.h>

namespace meshhost::ctl {

namespace {

constexpr std::size_t depth_max = 64;  // a deeper one is a line, and no use as a tree

/// Writes one tree. The lines of a node's children begin with what is left of its own.
class tree_writer {
public:
    tree_writer(
        const topology& mesh,
        const topology_tree& tree,
        std::size_t width,
        const console& out
    )
        : mesh_(mesh)
        , tree_(tree)
        , width_(width)
        , out_(out) {}

    std::string write() {
        text_ = label(tree_.root) + "\n";
        write_children(tree_.root, "");
        return std::move(text_);
    }

    std::string label(std::size_t index) const;

private:
    bool is_plain(std::size_t index) const;
    void write_children(std::size_t parent, const std::string& indent);

    const char* branch(bool is_last) const {
        if (out_.style().unicode) return is_last ? "└─ " : "├─ ";
        return is_last ? "`- " : "|- ";
    }
    const char* trunk(bool is_last) const {
        if (is_last) return "   ";
        return out_.style().unicode ? "│  " : "|  ";
    }

    const topology& mesh_;
    const topology_tree& tree_;
    std::size_t width_;
    const console& out_;
    std::string text_;
};

std::string tree_writer::label(std::size_t index) const {
    const auto& node = mesh_.nodes[index];
    auto text = tier_mark(node.tier, out_.style().unicode) + node.name;
    if (index == mesh_.seen_by) text += " (here)";
    if (tree_.places[index].is_lazy) text += " (lazy)";
    if (node.state == "alive") return text;
    auto state = fmt::format("{} {}", state_mark(node.state, out_.style().unicode), node.state);
    if (!node.evidence.empty()) state += ": " + node.evidence;
    return text + " " + out_.tinted(state, tone_of_state(node.state));
}

/// Nothing hangs on it and there is nothing to say: several of them share a line.
bool tree_writer::is_plain(std::size_t index) const {
    return tree_.places[index].children.empty() && mesh_.nodes[index].state == "alive";
}

void tree_writer::write_children(std::size_t parent, const std::string& indent) {
    const auto& children = tree_.places[parent].children;
    if (tree_.places[parent].depth >= depth_max && !children.empty()) {
        text_ += fmt::format("{}{}... deeper than {} levels\n", indent, branch(true), depth_max);
        return;
    }
    struct row {
        std::string text;
        std::size_t node;
    };
    std::vector<row> rows;
    for (const auto child : children)
        if (!is_plain(child)) rows.push_back({label(child), child});
    const auto room = width_ - std::min(width_, display_width(indent) + 3);
    bool is_open = false;  // whether the last row takes more plain ones
    for (const auto child : children) {
        if (!is_plain(child)) continue;
        const auto text = label(child);
        if (is_open && display_width(rows.back().text) + 2 + display_width(text) <= room)
            rows.back().text += "  " + text;
        else
            rows.push_back({text, child});
        is_open = true;
    }
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const bool is_last = i + 1 == rows.size();
        text_ += indent + branch(is_last) + rows[i].text + "\n";
        if (!is_plain(rows[i].node)) write_children(rows[i].node, indent + trunk(is_last));
    }
}

std::string apart_text(const topology& mesh, const topology_tree& tree, const tree_writer& from) {
    std::string text;
    for (std::size_t i = 0; i < mesh.nodes.size(); ++i)
        if (!tree.places[i].is_reached) text += fmt::format("   {}\n", from.label(i));
    return text.empty() ? text : "apart from it:\n" + text;
}

std::string total_text(const topology& mesh, const topology_tree& tree, const console& out) {
    if (out.style().quiet) return "";
    const auto eager = mesh.count("eager");
    const auto lazy = mesh.count("lazy");
    auto text = fmt::format(
        "{}, depth {}, {}",
        count_text(mesh.nodes.size(), "node"),
        tree.depth,
        count_text(mesh.edges.size(), "edge")
    );
    if (mesh.edges.size() > 0)
        text += fmt::format(
            ": {} eager, {} lazy, {} between others",
            eager,
            lazy,
            mesh.edges.size() - eager - lazy
        );
    if (mesh.seen_by != topology::npos)
        text += fmt::format("; as seen by {}", mesh.nodes[mesh.seen_by].name);
    return text + "\n";
}

/// As a quoted string of the DOT language: only a quote ends it, and a backslash is one.
std::string dot_quoted(std::string_view text) {
    std::string quoted = "\"";
    for (const char c : printable(text)) {
        if (c == '"' || c == '\\') quoted += '\\';
        quoted += c;
    }
    return quoted + "\"";
}

const char* dot_colour(std::string_view state) {
    switch (tone_of_state(state)) {
    case tone::good:
        return "darkgreen";
    case tone::bad:
        return "red";
    case tone::warning:
        return "orange";
    default:
        return "gray";
    }
}

}  // namespace

std::string tree_text(
    const topology& mesh,
    const topology_tree& tree,
    std::size_t width,
    const console& out
) {
    tree_writer writer(mesh, tree, width, out);
    return writer.write() + apart_text(mesh, tree, writer) + total_text(mesh, tree, out);
}

std::string dot_text(const topology& mesh) {
    std::string text = "graph mesh {\n  node [shape=box];\n";
    for (const auto& node : mesh.nodes)
        text += fmt::format(
            "  {} [label={}, tooltip={}, color={}{}];\n",
            dot_quoted(node.id),
            dot_quoted(node.name),
            dot_quoted(fmt::format("{}, {}", joined(node.roles, " "), node.state)),
            dot_colour(node.state),
            node.tier == "hub" ? ", shape=hexagon" : ""
        );
    for (const auto& edge : mesh.edges)
        text += fmt::format(
            "  {} -- {} [style={}];\n",
            dot_quoted(mesh.nodes[edge.a].id),
            dot_quoted(mesh.nodes[edge.b].id),
            edge.mode == "lazy"    ? "dashed"
            : edge.mode == "eager" ? "bold"
                                   : "solid"
        );
    return text + "}\n";
}

}  // namespace meshhost::ctl
