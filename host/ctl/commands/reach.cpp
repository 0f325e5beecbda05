// SPDX-License-Identifier: Apache-2.0
// netcheck and paths: how hosts reach each other, and why not better.
#include "ctl/commands/commands.hpp"
#include "ctl/fields.hpp"
#include "ctl/known_nodes.hpp"
#include "ctl/view_reach.hpp"
#include "http/envelope.hpp"

#include <CLI/App.hpp>

namespace meshhost::ctl {

namespace {

class netcheck_command final : public command {
public:
    outcome<verdict> run(workplace& here) override {
        const auto envelope = here.api.get("/v1/reach");
        if (!envelope) return envelope.error();
        const auto& reach = object_in(*envelope, "data");
        if (here.out.is_text())
            here.out.print(netcheck_text(reach, here.out));
        else
            here.out.print(*envelope);
        const auto word = text_in(reach, "verdict");
        if (word == "alone") return verdict{exit_code::unreachable};
        const bool is_well = word == "good" || word == "unknown";
        return verdict{is_well ? exit_code::ok : exit_code::degraded};
    }
};

/// A GET of one node, whichever it is.
outcome<boost::json::object> ask(
    const workplace& here,
    const std::optional<found_node>& node,
    const std::string& what
) {
    const bool is_far = node && !node->is_self;
    auto envelope = here.api.get(is_far ? "/v1/via/" + node->node.id + "/" + what : "/v1/" + what);
    if (!envelope) return envelope.error();
    return object_in(*envelope, "data");
}

class paths_command final : public command {
public:
    void declare(CLI::App& app) override {
        app.add_option(
               "from",
               from_,
               "a name, the start of an id, or ROLE/N; alone: from here to it"
        )
            ->type_name("A");
        app.add_option("to", to_, "where the path from A leads")->type_name("B");
    }

    outcome<verdict> run(workplace& here) override {
        const auto status = here.api.get("/v1/status");
        if (!status) return status.error();
        const auto& nodes = object_in(*status, "data");
        std::optional<found_node> from;
        std::optional<found_node> to;
        for (const auto& [text, found] : {std::pair{&from_, &from}, std::pair{&to_, &to}}) {
            if (text->empty()) continue;
            auto picked = pick_node(*text, nodes);
            if (!picked) return picked.error();
            *found = std::move(*picked);
        }
        if (from && !to) to = std::exchange(from, std::nullopt);
        const auto peers = ask(here, from, "peers");
        if (!peers) return peers.error();
        const auto reach = ask(here, from, "reach");
        if (!reach) return reach.error();
        return show(here, nodes, from, to, *peers, *reach);
    }

private:
    outcome<verdict> show(
        const workplace& here,
        const boost::json::object& status,
        const std::optional<found_node>& from,
        const std::optional<found_node>& to,
        const boost::json::object& peers,
        const boost::json::object& reach
    ) {
        const auto& self = object_in(status, "self");
        const auto name = from ? node_label(from->node) : text_in(self, "name");
        boost::json::array shown;
        std::string text;
        bool is_direct = true;
        for (const auto& item : array_in(peers, "peers")) {
            if (!item.is_object()) continue;
            const auto& peer = item.get_object();
            const auto& path = object_in(peer, "path");
            const bool is_meant = to ? text_in(peer, "id") == to->node.id : !path.empty();
            if (!is_meant) continue;
            is_direct = is_direct && text_in(path, "kind") == "direct";
            text += path_story_text(name, peer, reach, here.out);
            shown.push_back(item);
        }
        if (to && shown.empty())
            return failure{
                exit_code::unreachable,
                "E_NO_SUCH_NODE",
                name + " does not know " + node_label(to->node),
                "`meshctl topology` shows who knows whom"};
        if (here.out.is_text())
            here.out.print(text.empty() ? "no paths: no peer is connected\n" : text);
        else
            here.out.print(http::make_envelope(
                "paths",
                {{"from", name}, {"peers", std::move(shown)}, {"reach", reach}}
            ));
        return verdict{is_direct ? exit_code::ok : exit_code::degraded};
    }

    std::string from_;
    std::string to_;
};

}  // namespace

std::unique_ptr<command> make_netcheck() {
    return std::make_unique<netcheck_command>();
}

std::unique_ptr<command> make_paths() {
    return std::make_unique<paths_command>();
}

}  // namespace meshhost::ctl
