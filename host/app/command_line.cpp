// SPDX-License-Identifier: Apache-2.0
#include "app/command_line.hpp"

#include "base/near_miss.hpp"
#include "base/version.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/value_from.hpp>
#include <fmt/format.h>

#include <algorithm>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

namespace meshhost::app {

namespace {

constexpr const char* footer =
    "Without any option it starts with a key of its own, on a free UDP port, and waits for peers.\n"
    "Settings come from defaults, files, the environment (MESHHOST_SECTION__KEY), and --set, each\n"
    "over the one before; `meshctl config init` prints them all. Ask a running host with meshctl.\n"
    "A plugin's author: meshhost --check FILE [--level 0..3], meshhost --describe FILE.\n"
    "What an error code means: meshhost --explain CODE.";

/// What the flags were given; empty when they were not.
struct flags {
    std::vector<std::string> bind;
    std::string port;
    std::string name;
    std::string instance;
    std::filesystem::path data_dir;
    std::string log_level;
    bool observes = false;
};

constexpr const char* dashboard_address = "127.0.0.1:7780";

void declare(CLI::App& app, start_options& out, flags& given) {
    const auto list = [&](const char* name, auto& to, const char* what, const char* type) {
        app.add_option(name, to, what)->type_name(type)->allow_extra_args(false);
    };
    list("--plugin", out.plugins, "a role: a path, or a name in the plugin directory", "FILE");
    list("--peer", out.peers, "whom to connect to: a ticket, or ID@IP:PORT", "PEER");
    list("--config", out.request.files, "instead of /etc/meshhost/meshhost.toml", "FILE");
    list("--set", out.request.sets, "one setting, over all files", "KEY=VALUE");
    list("--bind", given.bind, "an address to listen on, instead of all", "IP");
    app.add_option("--port", given.port, "the UDP port, instead of a free one")->type_name("PORT");
    app.add_option("--name", given.name, "the node's name, for people")->type_name("NAME");
    app.add_option("--instance", given.instance, "tells the hosts of one machine apart")
        ->type_name("NAME");
    app.add_option("--data-dir", given.data_dir, "where the key and other state are kept")
        ->type_name("DIR");
    app.add_option("--log-level", given.log_level, "trace, debug, info, warn, error or off")
        ->type_name("LEVEL");
    app.add_flag(
        "--observe",
        given.observes,
        "serve the dashboard at 127.0.0.1:7780, or at observe.listen, and take part in nothing"
    );
    app.add_flag(
        "--safe-mode",
        out.safe_mode,
        "load only plugins of the host's own directory, whatever the configuration says"
    );
    app.add_flag("--json", out.json, "announce, and report errors, as JSON on standard output");
    app.set_version_flag("--version", fmt::format("meshhost {}", version()));
    app.footer(footer);
    app.allow_extras();
}

failure usage_failure(std::string message) {
    return {exit_code::usage, "E_USAGE", std::move(message), "see meshhost --help"};
}

failure unknown_word(const std::string& word, const CLI::App& app) {
    std::vector<std::string> known;
    for (const auto* option : app.get_options())
        for (const auto& name : option->get_lnames())
            known.push_back("--" + name);
    const char* what = word.starts_with('-') ? "option" : "argument";
    auto message = fmt::format("unknown {} \"{}\"", what, word);
    if (const auto meant = nearest(word, known))
        message += fmt::format("; did you mean \"{}\"?", *meant);
    return usage_failure(std::move(message));
}

/// What the flags stand for. Put before what was said with --set, which is the last word.
std::vector<std::string> sets_for(const flags& given) {
    std::vector<std::string> sets;
    const auto set = [&](const char* key, const std::string& value) {
        if (!value.empty()) sets.push_back(fmt::format("{}={}", key, value));
    };
    set("node.name", given.name);
    set("node.instance", given.instance);
    if (!given.data_dir.empty()) set("node.data_dir", std::filesystem::absolute(given.data_dir));
    set("net.port", given.port);
    set("log.level", given.log_level);
    if (given.observes) {
        set("gossip.tier", "observer");
    }
    if (!given.bind.empty())
        set("net.bind", boost::json::serialize(boost::json::value_from(given.bind)));
    return sets;
}

}  // namespace

outcome<parsed_line> parse_command_line(std::vector<std::string> words) {
    CLI::App app("Runs role plugins on a peer-to-peer mesh.", "meshhost");
    parsed_line parsed;
    start_options start;
    flags given;
    declare(app, start, given);
    std::reverse(words.begin(), words.end());  // what CLI11 asks for
    try {
        app.parse(std::move(words));
    } catch (const CLI::CallForHelp&) {
        parsed.text = app.help();
        return parsed;
    } catch (const CLI::CallForVersion& asked) {
        parsed.text = std::string(asked.what()) + "\n";
        return parsed;
    } catch (const CLI::ParseError& error) {
        return usage_failure(error.what());
    }
    if (const auto extras = app.remaining(); !extras.empty())
        return unknown_word(extras.front(), app);
    if (std::count(start.plugins.begin(), start.plugins.end(), "") != 0)
        return usage_failure("--plugin is empty; it takes a path, or a name in the plugin directory"
        );
    auto& sets = start.request.sets;
    if (given.observes)
        start.request.flags.push_back(fmt::format("observe.listen={}", dashboard_address));
    const auto shorthands = sets_for(given);
    sets.insert(sets.begin(), shorthands.begin(), shorthands.end());
    parsed.start = std::move(start);
    return parsed;
}

bool asks_for_json(const std::vector<std::string>& words) {
    return std::find(words.begin(), words.end(), "--json") != words.end();
}

}  // namespace meshhost::app
