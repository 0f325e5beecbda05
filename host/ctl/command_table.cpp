// SPDX-License-Identifier: Apache-2.0
// Every command of meshctl. Groups come before their members.
#include "ctl/commands/commands.hpp"

namespace meshhost::ctl {

namespace {

constexpr example status_examples[] = {
    {"meshctl status", "one screen: who this host is, whom it sees, what is wrong"},
    {"meshctl status --json | jq .data.members", "the same for programs"}};

constexpr example peers_examples[] = {
    {"meshctl peers", "a line a node: tier, role, state, path and why, RTT, load"},
    {"meshctl peers --where -state:alive", "those that need a look, with the evidence"},
    {"meshctl peers --where path:relay --sort -rtt", "the relayed ones, the slowest first"},
    {"meshctl peers --columns node,id,version", "other columns; --columns all has every one"},
    {"meshctl peers --watch=2s", "again every two seconds, until Ctrl-C"},
    {"meshctl peers -o csv", "for a spreadsheet; -o ndjson has a JSON line a node"},
    {"meshctl peers --via gateway-01", "as another node of the mesh sees them"},
    {"meshctl peers --instance lab-2", "as another host of this machine sees them"}};

constexpr example topology_examples[] = {
    {"meshctl topology", "the mesh as a tree, from its busiest hub"},
    {"meshctl topology --root compute-05", "the same from one node's point of view"},
    {"meshctl topology -o dot | dot -Tsvg > mesh.svg", "a picture, drawn by graphviz"}};

constexpr example top_examples[] = {
    {"meshctl top", "a live line a node; q quits, s sorts by another column"},
    {"meshctl top --sort -cpu --limit 5", "the five that use most of their budget"},
    {"meshctl top --once -o csv", "one table of rates over a second"},
    {"meshctl top -o ndjson", "everything that the nodes say of themselves, for programs"}};

constexpr example events_examples[] = {
    {"meshctl events", "what happened lately"},
    {"meshctl events -f", "and what happens, until Ctrl-C"},
    {"meshctl events -f --types peer.state --where to:stale,dead", "only losses"},
    {"meshctl events --since 812 -o ndjson", "all from one number on, for programs"}};

constexpr example node_examples[] = {
    {"meshctl node show compute-05", "all that is known of a node, and what it says itself"},
    {"meshctl node drain compute-05", "it tells all others to send it no more work"},
    {"meshctl node resume compute/2", "it takes work again"}};

constexpr example trace_examples[] = {
    {"meshctl trace publish", "how a message reaches every host, and how long it takes"},
    {"meshctl trace publish --size 4000 --json", "the same with a large one, for a program"},
    {"meshctl trace list", "the messages that were followed lately: one in 1,024, and those"}};
constexpr example boot_examples[] = {
    {"meshctl boot", "the five steps of this host's last start"},
    {"meshctl boot compute-05 --vs median", "another node's, beside the middle of all"},
    {"meshctl boot --vs prev", "beside the start before"},
    {"meshctl boot --all", "every node's, the slowest first"}};

constexpr example flight_examples[] = {
    {"meshctl flight", "dials, path moves, failures: the last 200 spans that every host keeps"},
    {"meshctl flight --limit 4096 --json > flight.json", "all of them, to send to somebody"},
    {"meshctl flight --via compute-05 --limit 50", "those of another node"}};

constexpr example doctor_examples[] = {
    {"meshctl doctor", "do the host's own books balance? exit code 9 when they do not"},
    {"meshctl doctor --via compute-05", "those of another node"}};

constexpr example plugin_examples[] = {
    {"meshctl plugin list", "instances, their state, why one does not run"},
    {"meshctl plugin list --where state:failed", "those that failed"},
    {"meshctl plugin metrics compute-0", "what a role measures"},
    {"meshctl plugin spans compute-0 --json", "its last finished spans, with W3C ids"},
    {"meshctl plugin new wordcount --role compute", "a project to start from, with a test"},
    {"meshctl plugin check ./wordcount.so", "would a host run it, and what would it complain of?"},
    {"meshctl plugin describe ./wordcount.so", "its role, permissions and configuration"}};

constexpr example reload_examples[] = {
    {"meshctl reload", "read the configuration again; exit code 7 when something is refused"},
    {"meshctl reload --json | jq .data.instances", "what became of each instance"}};

constexpr example ping_examples[] = {
    {"meshctl ping gateway-01", "a node by its name; exit code 0 direct, 3 relayed, 4, 5"},
    {"meshctl ping 3f9a1c", "by the first digits of its id"},
    {"meshctl ping compute/2 -c 10 -i 200ms", "the second compute node, ten times"},
    {"meshctl ping endpointaa...", "a node that this host does not know, by its ticket"}};

constexpr example identity_examples[] = {
    {"meshctl identity show", "this host's id in its three forms, and its ticket"},
    {"meshctl identity show --key-file key", "the id behind a key file, without a host"},
    {"meshctl identity mint --key-file key", "a new key file, mode 0600"}};

constexpr example config_examples[] = {
    {"meshctl config init > meshhost.toml", "a file with every key and its default"},
    {"meshctl config check meshhost.toml", "is it right? exit code 7 when it is not"},
    {"meshctl config show --origin quic", "what is in force, and where each value comes from"},
    {"meshctl config show --running", "what the running host was started with"}};

constexpr example help_examples[] = {
    {"meshctl explain E_PORT_TAKEN", "the long story behind an error"},
    {"meshctl examples ping", "lines to copy"},
    {"source <(meshctl completion bash)", "completion in this shell"}};

constexpr example lab_up_examples[] = {
    {"meshctl lab up --nodes 18 --seed 42",
     "18 hosts of the five roles, as processes of this machine"},
    {"meshctl lab up --nodes 5 --set quic.idle_timeout=3s", "with a setting of your own"},
    {"meshctl lab down", "all of it gone, whatever state it is in"}};

constexpr example lab_chaos_examples[] = {
    {"meshctl lab chaos kill compute-05 --expect \"dead within 8s, mesh reconverges within 3s\"",
     "exit code 9 when it does not come so"},
    {"meshctl lab chaos pause any", "a host drawn from the lab's seed; resume wakes one"},
    {"meshctl lab chaos restart compute-05 --expect \"alive within 5s\"", "with the same key"},
    {"meshctl lab chaos partition \"broker-01,compute-01|rest\" --for 30s", "healed after that"},
    {"meshctl lab chaos loss 5%", "of all datagrams, until heal"}};

constexpr example lab_run_examples[] = {
    {"meshctl lab run etc/lab/a-host-dies.toml", "exit code 9 when an expectation fails"},
    {"meshctl lab run FILE --out report", "with a report to read"}};

constexpr example lab_experiment_examples[] = {
    {"meshctl lab experiment heartbeat --quick", "what a full-state broadcast costs, in a minute"},
    {"meshctl lab experiment accounting --out results",
     "10000 joins and leaves: is all of it gone?"}};

constexpr example paths_examples[] = {
    {"meshctl paths", "how every connected peer is reached, and why not better"},
    {"meshctl paths compute-06 gateway-01", "the same as compute-06 sees it"}};

constexpr example netcheck_examples[] = {
    {"meshctl netcheck", "can direct connections work from here? exit code 3: not with everybody"},
    {"meshctl netcheck --via compute-06", "from another node"}};

const command_row table[] = {
    {"status", "this host, the nodes it sees, and what is wrong", make_status, status_examples},
    {"peers", "the nodes that this host knows", make_peers, peers_examples},
    {"topology", "who is whose neighbor, as a tree or a graph", make_topology, topology_examples},
    {"top", "what every node uses, live", make_top, top_examples},
    {"events", "what happened, and what happens", make_events, events_examples},
    {"boot", "how a host started, step by step", make_boot, boot_examples},
    {"trace", "the way of messages through the mesh", nullptr, trace_examples},
    {"trace publish", "send a message, and show how every host heard it", make_trace_publish, {}},
    {"trace list", "the messages that were followed lately", make_trace_list, {}},
    {"trace show", "the way of one of them, hop by hop", make_trace_show, {}},
    {"flight",
     "what the host did for itself lately, for after an accident",
     make_flight,
     flight_examples},
    {"doctor", "let the host check its own books", make_doctor, doctor_examples},
    {"node", "one node of the mesh", nullptr, node_examples},
    {"node show", "all that is known of a node, and what it says itself", make_node_show, {}},
    {"node drain", "let a node take no more work", make_node_drain, {}},
    {"node resume", "let a node take work again", make_node_resume, {}},
    {"paths", "how nodes reach each other, and why not better", make_paths, paths_examples},
    {"netcheck", "what this host's network lets through", make_netcheck, netcheck_examples},
    {"ping", "reach a node through the mesh, and say how", make_ping, ping_examples},
    {"identity", "keys and ids", nullptr, identity_examples},
    {"identity show", "an id in all its forms, and its ticket", make_identity_show, {}},
    {"identity mint", "make a new key file", make_identity_mint, {}},
    {"plugin", "the roles of this host, and plugins as files", nullptr, plugin_examples},
    {"plugin list", "the loaded plugins and their state", make_plugin_list, {}},
    {"plugin new", "a plugin's project from the template", make_plugin_new, {}},
    {"plugin describe", "what a plugin's file says of itself", make_plugin_describe, {}},
    {"plugin check", "whether a plugin's file keeps the contract", make_plugin_check, {}},
    {"plugin restart", "start a role again", make_plugin_restart, {}},
    {"plugin enable", "forget that a role took the host down with it", make_plugin_enable, {}},
    {"plugin reload",
     "put new code in the place of a role's, keeping its connections",
     make_plugin_reload,
     {}},
    {"plugin metrics", "what a role counts and measures", make_plugin_metrics, {}},
    {"plugin spans", "the last finished spans of a role", make_plugin_spans, {}},
    {"reload",
     "apply a changed configuration while the host runs, all of it or nothing",
     make_reload,
     reload_examples},
    {"config", "configuration files", nullptr, config_examples},
    {"config check", "report everything that is wrong with a configuration", make_config_check, {}},
    {"config show", "the values in force", make_config_show, {}},
    {"config schema", "JSON Schema of a configuration file, for editors", make_config_schema, {}},
    {"config init", "a commented configuration file with every key", make_config_init, {}},
    {"probe", "counters of every part of the running host", make_probe, {}},
    {"rebind", "move the host to fresh sockets, keeping its connections", make_rebind, {}},
    {"ui", "a link that opens the dashboard, once", make_ui, {}},
    {"lab", "a mesh of real hosts on this machine, to break", nullptr, lab_up_examples},
    {"lab up", "start a lab, and wait until it is one mesh", make_lab_up, lab_up_examples},
    {"lab status", "how a lab and each of its hosts are", make_lab_status, {}},
    {"lab chaos",
     "break something, and check what comes of it",
     make_lab_chaos,
     lab_chaos_examples},
    {"lab measure", "what a lab's hosts use", make_lab_measure, {}},
    {"lab run", "play a scenario, and check what was expected", make_lab_run, lab_run_examples},
    {"lab report", "all that a lab has shown, as one HTML file", make_lab_report, {}},
    {"lab experiment",
     "boot labs and measure: heartbeat, telemetry or accounting",
     make_lab_experiment,
     lab_experiment_examples},
    {"lab down", "end a lab, whatever state it is in", make_lab_down, {}},
    {"explain", "what an error code means and what to do", make_explain, help_examples},
    {"examples", "lines to copy, by command", make_examples, {}},
    {"completion", "a completion script for a shell", make_completion, {}},
    {"version", "the versions of meshctl and of the plugin interface", make_version, {}}};

}  // namespace

std::span<const command_row> command_table() {
    return table;
}

}  // namespace meshhost::ctl
