// SPDX-License-Identifier: Apache-2.0
#include "ctl/commands/commands.hpp"
#include "ctl/fields.hpp"
#include "ctl/known_nodes.hpp"
#include "ctl/views.hpp"

#include <fmt/format.h>

#include <unistd.h>

#include <iostream>

#include <CLI/App.hpp>

namespace meshhost::ctl {

namespace {

void add_node(CLI::App& app, std::string& node) {
    app.add_option("node", node, "a name, the start of an id, or ROLE/N")
        ->required()
        ->type_name("NODE");
}

outcome<found_node> resolve(const std::string& text, const workplace& here) {
    if (!here.options.via.empty())
        return failure{
            exit_code::usage,
            "E_USAGE",
            "a node is named to the local host, which asks it",
            "leave --via out"};
    const auto status = here.api.get("/v1/status");
    if (!status) return status.error();
    return pick_node(text, object_in(*status, "data"));
}

class node_show final : public command {
public:
    void declare(CLI::App& app) override { add_node(app, node_); }

    outcome<verdict> run(workplace& here) override {
        const auto found = resolve(node_, here);
        if (!found) return found.error();
        auto envelope = here.api.get("/v1/node?id=" + found->node.id);
        if (!envelope) return envelope.error();
        if (auto* data = (*envelope)["data"].if_object(); data != nullptr && found->is_self)
            (*data)["is_self"] = true;
        if (here.out.is_text())
            here.out.print(node_text(object_in(*envelope, "data"), here.out));
        else
            here.out.print(*envelope);
        const bool is_live = !object_in(object_in(*envelope, "data"), "live").empty();
        return verdict{is_live ? exit_code::ok : exit_code::degraded};
    }

private:
    std::string node_;
};

bool is_yes(std::string_view answer) {
    return answer == "y" || answer == "Y" || answer == "yes";
}

/// Asks on the terminal. Errors: E_NOT_CONFIRMED when there is none, or the answer is no.
outcome<void> confirm(const std::string& question, console& out) {
    const failure no{exit_code::usage, "E_NOT_CONFIRMED", "nothing was done", "add --yes to do it"};
    if (::isatty(STDIN_FILENO) != 1 || !out.style().is_terminal || !out.is_text()) return no;
    out.print(question + " [y/N] ");
    std::string answer;
    if (!std::getline(std::cin, answer) || !is_yes(answer)) return no;
    return {};
}

/// A POST to one node, whichever it is.
class node_order final : public command {
public:
    struct order {
        const char* path;      ///< behind /v1/
        const char* question;  ///< before it is done; nullptr: it harms nobody
    };

    explicit node_order(const order& given)
        : order_(given) {}

    void declare(CLI::App& app) override {
        add_node(app, node_);
        if (order_.question != nullptr) app.add_flag("-y,--yes", yes_, "do not ask whether to");
    }

    outcome<verdict> run(workplace& here) override {
        const auto found = resolve(node_, here);
        if (!found) return found.error();
        const auto label = node_label(found->node);
        if (order_.question != nullptr && !yes_) {
            const auto agreed =
                confirm(fmt::format(fmt::runtime(order_.question), label), here.out);
            if (!agreed) return agreed.error();
        }
        const auto path = found->is_self
                              ? fmt::format("/v1/{}", order_.path)
                              : fmt::format("/v1/via/{}/{}", found->node.id, order_.path);
        const auto envelope = here.api.post(path, {});
        if (!envelope) return envelope.error();
        const auto state = text_in(object_in(*envelope, "data"), "state");
        if (here.out.is_text())
            here.out.print(fmt::format("{} is {}\n", label, state));
        else
            here.out.print(*envelope);
        return verdict{};
    }

private:
    const order& order_;
    std::string node_;
    bool yes_ = false;
};

constexpr node_order::order drain{"drain", "let {} take no more work?"};
constexpr node_order::order resume{"resume", nullptr};

}  // namespace

std::unique_ptr<command> make_node_show() {
    return std::make_unique<node_show>();
}

std::unique_ptr<command> make_node_drain() {
    return std::make_unique<node_order>(drain);
}

std::unique_ptr<command> make_node_resume() {
    return std::make_unique<node_order>(resume);
}

}  // namespace meshhost::ctl
