// SPDX-License-Identifier: Apache-2.0
#include "ctl/completion.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include <CLI/App.hpp>

namespace meshhost::ctl {

namespace {

struct node {
    std::string path;  ///< "config check"; empty for the root
    const CLI::App* app;
};

/// The tree in depth-first order, the root first.
void collect(const CLI::App& app, const std::string& path, std::vector<node>& out) {
    out.push_back({path, &app});
    for (const auto* sub : app.get_subcommands({}))
        collect(*sub, path.empty() ? sub->get_name() : path + " " + sub->get_name(), out);
}

std::vector<node> all_nodes(const CLI::App& tree) {
    std::vector<node> nodes;
    collect(tree, "", nodes);
    return nodes;
}

/// Everything that may follow: commands, its own options, those of the commands around it.
std::string words_at(const CLI::App& app) {
    std::vector<std::string> words;
    for (const auto* sub : app.get_subcommands({}))
        words.push_back(sub->get_name());
    for (const auto* at = &app; at != nullptr; at = at->get_parent())
        for (const auto* option : at->get_options())
            for (const auto& name : option->get_lnames())
                if (std::find(words.begin(), words.end(), "--" + name) == words.end())
                    words.push_back("--" + name);
    return fmt::format("{}", fmt::join(words, " "));
}

/// `case` arms that follow the words already written down the tree of commands.
std::string descent_arms(const std::vector<node>& nodes, const char* indent) {
    std::string arms;
    for (const auto& [path, app] : nodes) {
        if (path.empty()) continue;
        const auto space = path.rfind(' ');
        const auto parent = space == std::string::npos ? "" : path.substr(0, space);
        arms += fmt::format("{}'{}/{}') at='{}' ;;\n", indent, parent, app->get_name(), path);
    }
    return arms;
}

std::string word_arms(
    const std::vector<node>& nodes,
    const char* indent,
    std::string_view before,
    std::string_view after
) {
    std::string arms;
    for (const auto& [path, app] : nodes)
        arms += fmt::format("{}'{}') {}{}{} ;;\n", indent, path, before, words_at(*app), after);
    return arms;
}

std::string bash_script(const std::vector<node>& nodes) {
    return "# bash completion for meshctl\n"
           "_meshctl() {\n"
           "    local at= word\n"
           "    for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
           "        case \"$at/$word\" in\n"
           + descent_arms(nodes, "            ")
           + "        esac\n"
             "    done\n"
             "    local words=\n"
             "    case \"$at\" in\n"
           + word_arms(nodes, "        ", "words='", "'")
           + "    esac\n"
             "    COMPREPLY=($(compgen -W \"$words\" -- \"${COMP_WORDS[COMP_CWORD]}\"))\n"
             "}\n"
             "complete -F _meshctl meshctl\n";
}

std::string zsh_script(const std::vector<node>& nodes) {
    return "#compdef meshctl\n"
           "_meshctl() {\n"
           "    local at= word\n"
           "    for word in \"${(@)words[2,CURRENT-1]}\"; do\n"
           "        case \"$at/$word\" in\n"
           + descent_arms(nodes, "            ")
           + "        esac\n"
             "    done\n"
             "    case \"$at\" in\n"
           + word_arms(nodes, "        ", "compadd -- ", "")
           + "    esac\n"
             "}\n"
             "compdef _meshctl meshctl\n";
}

std::string fish_script(const std::vector<node>& nodes) {
    std::string script = "# fish completion for meshctl\ncomplete -c meshctl -f\n";
    for (const auto& [path, app] : nodes) {
        const bool is_root = path.empty();
        const auto where = is_root ? std::string("__fish_use_subcommand")
                                   : "__fish_seen_subcommand_from " + app->get_name();
        for (const auto* sub : app->get_subcommands({}))
            script += fmt::format(
                "complete -c meshctl -n '{}' -a {} -d '{}'\n",
                where,
                sub->get_name(),
                sub->get_description()
            );
        for (const auto* option : app->get_options())
            for (const auto& name : option->get_lnames())
                script += is_root ? fmt::format("complete -c meshctl -l {}\n", name)
                                  : fmt::format("complete -c meshctl -n '{}' -l {}\n", where, name);
    }
    return script;
}

}  // namespace

std::optional<std::string> completion_script(const CLI::App& tree, std::string_view shell) {
    const auto nodes = all_nodes(tree);
    if (shell == "bash") return bash_script(nodes);
    if (shell == "zsh") return zsh_script(nodes);
    if (shell == "fish") return fish_script(nodes);
    return {};
}

}  // namespace meshhost::ctl
