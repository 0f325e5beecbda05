// SPDX-License-Identifier: Apache-2.0
// `meshctl`: what a person types.
#include "config/surroundings.hpp"
#include "ctl/asked_host.hpp"
#include "ctl/command_line.hpp"

#include <boost/json/object.hpp>

#include <unistd.h>

#include <iostream>
#include <utility>

namespace {

using namespace meshhost;

ctl::terminal_facts look_at_terminal(const config::surroundings& around) {
    ctl::terminal_facts terminal;
    terminal.is_terminal = ::isatty(STDOUT_FILENO) == 1;
    terminal.no_colour = around.variable("NO_COLOR").has_value();
    for (const auto* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
        terminal.locale = around.variable(name).value_or("");
        if (!terminal.locale.empty()) break;
    }
    return terminal;
}

outcome<ctl::verdict> run(ctl::command_line& line, ctl::command& chosen, ctl::console& out) {
    const auto around = config::read_surroundings();
    const auto& options = line.options();
    auto sockets = ctl::sockets_to_try(options, around);
    if (!sockets) return sockets.error();
    const ctl::api_client api(std::move(*sockets), options.timeout, options.via);
    ctl::workplace here{options, around, api, line.tree(), out};
    auto done = chosen.run(here);
    if (!done) return ctl::with_labs_named(done.error(), options, around);
    return done;
}

/// An answer that nobody got is no success, however the command itself went.
int exit_with(const ctl::console& out, exit_code wanted) {
    if (out.wrote_all()) return static_cast<int>(wanted);
    std::cerr << "error: the answer could not be written to standard output [E_OUTPUT]\n";
    const bool is_verdict = wanted == exit_code::ok || wanted == exit_code::degraded;
    return static_cast<int>(is_verdict ? exit_code::failure : wanted);
}

}  // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> words(argv + (argc > 0 ? 1 : 0), argv + argc);
    ctl::command_line line;
    const auto chosen = line.parse(words);

    auto style = line.options().style;
    if (!chosen) style.format = ctl::format_asked_for(words);
    const auto terminal = look_at_terminal(config::read_surroundings());
    style.colour = ctl::allows_colour(terminal, line.options().colour);
    style.unicode = ctl::allows_unicode(terminal);
    style.is_terminal = terminal.is_terminal;
    ctl::console out(std::cout, std::cerr, style);

    if (chosen && *chosen == nullptr) {
        out.print(line.text());
        return exit_with(out, exit_code::ok);
    }
    const auto done = chosen ? run(line, **chosen, out) : outcome<ctl::verdict>(chosen.error());
    if (!done) out.print_failure(done.error());
    return exit_with(out, done ? done->exit : done.error().exit);
}
