// SPDX-License-Identifier: Apache-2.0
// `meshctl boot`: how a host started, step by step, beside other starts.
#include "ctl/boot_model.hpp"
#include "ctl/commands/commands.hpp"
#include "ctl/fields.hpp"
#include "ctl/known_nodes.hpp"
#include "ctl/view_boot.hpp"
#include "http/envelope.hpp"

#include <fmt/format.h>

#include <CLI/App.hpp>

namespace meshhost::ctl {

namespace {

class boot_command final : public command {
public:
    void declare(CLI::App& app) override {
        app.add_option(
               "node",
               node_,
               "a name, the start of an id, or ROLE/N; without it: this host"
        )
            ->type_name("NODE");
        app.add_option("--vs", with_, "what to compare it with: prev, median, or another node")
            ->type_name("prev|median|NODE");
        app.add_flag("-a,--all", is_all_, "the last start of every node, the slowest first");
    }

    outcome<verdict> run(workplace& here) override {
        if (is_all_ && (!node_.empty() || !with_.empty()))
            return failure{
                exit_code::usage,
                "E_USAGE",
                "--all shows every node, beside their median",
                "leave the node and --vs out"};
        if (!here.options.via.empty() && (is_all_ || !node_.empty() || !with_.empty()))
            return failure{
                exit_code::usage,
                "E_USAGE",
                "other nodes are asked by the local host",
                "leave --via out, or name no node"};
        return is_all_ ? show_all(here) : show_one(here);
    }

private:
    struct asked {
        std::string label;
        boost::json::array boots;  ///< as JSON, the newest first
        std::vector<boot> read;    ///< those of them that can be read
    };

    outcome<asked> ask(const workplace& here, const std::string& node) const;
    outcome<std::vector<node_boot>> ask_all(const workplace& here, boost::json::array& lines) const;
    outcome<std::optional<boot_comparison>> compare(const workplace& here, const asked& found)
        const;
    outcome<verdict> show_one(workplace& here);
    outcome<verdict> show_all(workplace& here);

    std::string node_;
    std::string with_;
    bool is_all_ = false;
};

failure no_boots(const std::string& node) {
    return {
        exit_code::unreachable,
        "E_NO_BOOT",
        node + " tells of no start of its own",
        "a host of an older version does not; meshctl peers shows versions"};
}

outcome<boot_command::asked> boot_command::ask(const workplace& here, const std::string& node)
    const {
    std::string path = "/v1/boots";
    asked found;
    found.label = "this host";
    if (!node.empty()) {
        const auto status = here.api.get("/v1/status");
        if (!status) return status.error();
        const auto named = pick_node(node, object_in(*status, "data"));
        if (!named) return named.error();
        found.label = node_label(named->node);
        if (!named->is_self) path = "/v1/via/" + named->node.id + "/boots";
    }
    const auto envelope = here.api.get(path);
    if (!envelope) return envelope.error();
    found.boots = array_in(object_in(*envelope, "data"), "boots");
    for (const auto& each : found.boots)
        if (const auto* const object = each.if_object(); object != nullptr)
            if (auto one = read_boot(*object)) found.read.push_back(std::move(*one));
    if (found.read.empty()) return no_boots(found.label);
    return found;
}

outcome<std::vector<node_boot>> boot_command::ask_all(
    const workplace& here,
    boost::json::array& lines
) const {
    std::vector<node_boot> all;
    const auto take = [&](const boost::json::object& line) {
        lines.push_back(line);
        node_boot one;
        one.node = node_label({text_in(line, "id"), text_in(line, "name"), {}});
        one.error = text_in(object_in(line, "error"), "message");
        const auto& boots = array_in(line, "boots");
        if (!boots.empty() && boots.front().is_object())
            one.last = read_boot(boots.front().get_object());
        if (!one.last && one.error.empty()) one.error = "it tells of no start";
        all.push_back(std::move(one));
        return true;
    };
    const auto done = here.api.lines("/v1/mesh/boots", here.options.timeout * 2, take);
    if (!done) return done.error();
    return all;
}

outcome<std::optional<boot_comparison>> boot_command::compare(
    const workplace& here,
    const asked& found
) const {
    if (with_.empty()) return std::optional<boot_comparison>();
    if (with_ == "prev") {
        if (found.read.size() < 2)
            return failure{
                exit_code::unreachable,
                "E_NO_BOOT",
                found.label + " remembers no start before this one",
                "the last four are kept in its state directory"};
        return std::optional(boot_comparison{
            fmt::format("start {} of the same host", found.read[1].number),
            lengths_of(found.read[1])});
    }
    if (with_ == "median") {
        boost::json::array lines;
        const auto all = ask_all(here, lines);
        if (!all) return all.error();
        std::vector<boot> known;
        for (const auto& each : *all)
            if (each.last) known.push_back(*each.last);
        return std::optional(
            boot_comparison{fmt::format("the median of {} hosts", known.size()), median_of(known)}
        );
    }
    const auto other = ask(here, with_);
    if (!other) return other.error();
    return std::optional(
        boot_comparison{"the last start of " + other->label, lengths_of(other->read.front())}
    );
}

outcome<verdict> boot_command::show_one(workplace& here) {
    auto found = ask(here, node_);
    if (!found) return found.error();
    const auto compared = compare(here, *found);
    if (!compared) return compared.error();
    const boot& last = found->read.front();
    if (here.out.is_text()) {
        here.out.print(boot_text(last, found->label, *compared, here.out));
    } else {
        boost::json::object data{{"boots", std::move(found->boots)}, {"compared", nullptr}};
        if (*compared) {
            boost::json::object lengths;
            for (const auto& [name, length] : (*compared)->lengths)
                lengths[name] = std::chrono::duration<double, std::micro>(length).count();
            data["compared"] = {{"with", (*compared)->with}, {"length_us", std::move(lengths)}};
        }
        here.out.print(http::make_envelope("boots", std::move(data)));
    }
    return verdict{shape_of(last).is_healthy ? exit_code::ok : exit_code::degraded};
}

outcome<verdict> boot_command::show_all(workplace& here) {
    boost::json::array lines;
    const auto all = ask_all(here, lines);
    if (!all) return all.error();
    bool is_well = true;
    for (const auto& each : *all)
        is_well = is_well && each.last && shape_of(*each.last).is_healthy;
    if (here.out.is_text())
        here.out.print(boots_text(*all, here.out));
    else
        here.out.print(http::make_envelope("mesh_boots", {{"hosts", std::move(lines)}}));
    return verdict{is_well ? exit_code::ok : exit_code::degraded};
}

}  // namespace

std::unique_ptr<command> make_boot() {
    return std::make_unique<boot_command>();
}

}  // namespace meshhost::ctl
