// SPDX-License-Identifier: Apache-2.0
#include "common/bench_arguments.hpp"

#include <unistd.h>

#include <map>

#include <CLI/CLI.hpp>

namespace meshhost::bench {

namespace {

const std::map<std::string, bench_verb> verbs{
    {"hs", bench_verb::hs},
    {"hs_resumed", bench_verb::hs_resumed},
    {"pp", bench_verb::pp},
    {"bulk", bench_verb::bulk},
    {"hold", bench_verb::hold},
};

}  // namespace

const char* to_string(bench_verb verb) noexcept {
    for (const auto& [name, value] : verbs)
        if (value == verb) return name.c_str();
    return "?";
}

std::optional<bench_arguments> read_arguments(
    int argc,
    char** argv,
    const char* what,
    int& exit_status
) {
    bench_arguments read;
    CLI::App app(what);
    app.require_subcommand(1);
    const auto counted = CLI::Range(std::size_t{1}, count_max);

    CLI::App* server = app.add_subcommand("server", "serve the bench's streams");
    server->add_option("--port", read.port, "UDP port, 0 for any");
    CLI::App* client = app.add_subcommand("client", "load a server and print what was measured");
    client->add_option("verb", read.verb)->required()->transform(CLI::CheckedTransformer(verbs));
    client->add_option("--port", read.port, "the server's UDP port")->required();
    client->add_option("--id", read.id, "the server's id");
    client->add_option("--count", read.count, "connections, round trips or MiB")->check(counted);
    client->add_option("--concurrency", read.concurrency, "connections at once")
        ->check(CLI::Range(std::size_t{1}, concurrency_max));
    CLI::App* idle = app.add_subcommand("idle", "bind, do nothing, print what that costs");
    idle->add_option("--count", read.count, "seconds")->check(counted);

    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        exit_status = app.exit(error);
        return std::nullopt;
    }
    if (client->parsed()) read.role = bench_role::client;
    if (idle->parsed()) read.role = bench_role::idle;
    ::alarm(run_seconds_max);
    return read;
}

}  // namespace meshhost::bench
