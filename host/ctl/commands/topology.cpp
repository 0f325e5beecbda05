// SPDX-License-Identifier: Apache-2.0
#include "ctl/commands/commands.hpp"
#include "ctl/fields.hpp"
#include "ctl/known_nodes.hpp"
#include "ctl/live_session.hpp"
#include "ctl/terminal_text.hpp"
#include "ctl/view_topology.hpp"

#include <fmt/format.h>

#include <CLI/App.hpp>

namespace meshhost::ctl {

namespace {

outcome<std::size_t> find_root(const topology& mesh, const std::string& text) {
    if (text.empty()) return natural_root(mesh);
    std::vector<known_node> nodes;
    for (const auto& node : mesh.nodes)
        nodes.push_back({node.id, node.name, node.roles});
    const auto found = find_node(text, nodes);
    if (!found) return found.error();
    if (*found == nullptr)
        return failure{
            exit_code::unreachable,
            "E_PEER_UNKNOWN",
            fmt::format("no node is known as \"{}\"", printable(text)),
            "meshctl peers lists those that are"};
    return static_cast<std::size_t>(*found - nodes.data());
}

class topology_command final : public command {
public:
    void declare(CLI::App& app) override {
        app.add_flag(
            "--tree",
            tree_,
            "a tree of names, the usual form of text; -o dot is for graphviz"
        );
        app.add_option("--root", root_, "grow the tree from this node instead of the busiest hub")
            ->type_name("NODE");
    }

    bool can_write(output_format format) const override { return format != output_format::csv; }

    outcome<verdict> run(workplace& here) override {
        const auto envelope = here.api.get("/v1/topology");
        if (!envelope) return envelope.error();
        if (here.out.is_json()) {
            here.out.print(*envelope);
            return verdict{};
        }
        const auto mesh = read_topology(object_in(*envelope, "data"));
        if (here.out.style().format == output_format::dot) {
            here.out.print(dot_text(mesh));
            return verdict{};
        }
        if (mesh.is_empty()) {
            here.out.print("no nodes: the host did not even name itself\n");
            return verdict{};
        }
        const auto root = find_root(mesh, root_);
        if (!root) return root.error();
        const auto width = current_window().columns;
        here.out.print(tree_text(mesh, grow_tree(mesh, *root), width, here.out));
        return verdict{};
    }

private:
    std::string root_;
    bool tree_ = true;  ///< there is no other form of text
};

}  // namespace

std::unique_ptr<command> make_topology() {
    return std::make_unique<topology_command>();
}

}  // namespace meshhost::ctl
