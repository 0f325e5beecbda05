// SPDX-License-Identifier: Apache-2.0
#include "relayd/relay_line.hpp"

#include "base/ip_endpoint.hpp"
#include "base/version.hpp"

#include <fmt/format.h>

#include <algorithm>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

namespace meshhost::relayd {

namespace {

failure usage_failure(std::string message) {
    return {exit_code::usage, "E_USAGE", std::move(message), "see meshrelay --help"};
}

}  // namespace

outcome<relay_line> parse_relay_line(std::vector<std::string> words) {
    CLI::App app("Carries packets between hosts that cannot reach each other.", "meshrelay");
    relay_line out;
    app.add_option("--config", out.config, "instead of /etc/meshhost/meshrelay.toml")
        ->type_name("FILE");
    app.add_option("--listen", out.listen, "plain HTTP there, whatever the file says; port 0: any")
        ->type_name("IP:PORT");
    app.add_option("--stun", out.stun, "STUN over UDP there, whatever the file says; port 0: any")
        ->type_name("IP:PORT");
    app.add_flag("--check", out.is_check, "say what is wrong with the file, and start nothing");
    app.add_flag("--json", out.json, "announce, and report errors, as JSON on standard output");
    app.set_version_flag("--version", fmt::format("meshrelay {}", version()));
    app.footer("Without a file it serves everyone over plain HTTP at port 3340.\n"
               "SIGHUP reads the access list and the certificate again; SIGTERM ends it.");
    std::reverse(words.begin(), words.end());  // what CLI11 asks for
    try {
        app.parse(std::move(words));
    } catch (const CLI::CallForHelp&) {
        out.text = app.help();
        return out;
    } catch (const CLI::CallForVersion& asked) {
        out.text = std::string(asked.what()) + "\n";
        return out;
    } catch (const CLI::ParseError& error) {
        return usage_failure(error.what());
    }
    if (!out.listen.empty() && !ip_endpoint::parse(out.listen))
        return usage_failure("--listen takes IP:PORT, such as 127.0.0.1:3340");
    if (!out.stun.empty() && !ip_endpoint::parse(out.stun))
        return usage_failure("--stun takes IP:PORT, such as 127.0.0.1:3478");
    return out;
}

}  // namespace meshhost::relayd
