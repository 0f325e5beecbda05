// SPDX-License-Identifier: Apache-2.0
#include "ctl/explanations.hpp"

#include <algorithm>

namespace meshhost::ctl {

namespace {

constexpr explanation table[] = {
    {"E_ALPN",
     "The other end was reached and is who it should be, but it does not speak the protocol that\n"
     "was asked for (TLS alert 120, no_application_protocol; QUIC error 0x178). Either the two "
     "run\n"
     "versions of meshhost that do not fit together, or the address belongs to another program\n"
     "that uses the same kind of key.\n\n"
     "Compare `meshctl version` on both machines."},
    {"E_AMBIGUOUS",
     "A node can be named by its name, by the first four or more digits of its id, or as ROLE/N.\n"
     "What was written fits several nodes, and meshctl does not guess. The message lists them."},
    {"E_ANSWER_TOO_LARGE",
     "Another host's answer in one piece is passed on up to 4 MiB. What is larger can be had from\n"
     "that host's own socket."},
    {"E_API_FULL",
     "The host has a limit on everything that asks it. 64 programs hold connections to the local\n"
     "API at once, 16 follow events or meters, 4 watch the whole mesh; another host answers 8\n"
     "questions of this one at a time. The message says which limit it was. meshctl holds one\n"
     "connection while it runs, so look for a program that opens them and does not close them."},
    {"E_BAD_ANSWER",
     "The local API answered with something that this meshctl does not understand, or the answer\n"
     "broke off. The usual reasons: meshctl and meshhost are of different versions, or the host\n"
     "was stopped while it answered."},
    {"E_BAD_HELLO",
     "A program opened the dashboard's stream and said something else than the one frame that a "
     "client\n"
     "sends: {\"t\": \"hello\", \"v\": 1}. See docs/dashboard-api.md."},
    {"E_BAD_PEER",
     "A peer is named by a ticket (`endpoint...`), or as ID@ADDRESS with one or more addresses,\n"
     "comma separated: an id in hex or base32, and addresses with ports, such as\n"
     "ID@192.0.2.7:4433,[2001:db8::1]:4433. Every host prints its ticket when it starts."},
    {"E_BAD_RELAY",
     "A relay is named by a URL: https://relay.example.org/, with a port where it is not 443, or\n"
     "http://... in a lab. What stands behind the host's name is not looked at, but a query is\n"
     "sent along."},
    {"E_BAD_REQUEST",
     "The local API was sent something that is no valid request. meshctl never does that; a\n"
     "program that talks to the socket itself has to send HTTP/1.1 with a JSON body of at most\n"
     "64 KiB, within 10 seconds."},
    {"E_BAD_TICKET",
     "A ticket is the word `endpoint` followed by base32 without spaces or line breaks. It holds\n"
     "an id and addresses. The usual reason for a damaged one is a copy that lost its end.\n\n"
     "Print it again on its host: `meshctl identity show`."},
    {"E_BAD_TOKEN",
     "A link to the dashboard opens it once, within a day, at the observer that gave it. `meshctl "
     "ui`\n"
     "prints a fresh one; on another machine, `meshctl ui` there. The token of observe.token_file "
     "is\n"
     "good as often as it is said, until the file has another and the host has read it again."},
    {"E_BIND", "The kernel refused to open a UDP socket, for the reason in the message."},
    {"E_BROKEN_ANSWER",
     "Another host was asked over the mesh (mesh/introspect/1) and its answer broke off, or was\n"
     "none. The usual reasons: it was stopped while it answered, it ran into a limit of its own,\n"
     "or the two run versions of meshhost that do not fit together."},
    {"E_CHAOS",
     "What was asked for cannot be done to a lab: the word for it is not known, or the host that "
     "it\n"
     "is about is not in the state that it needs, as when it is to be resumed and is not paused.\n"
     "\n"
     "kill, stop, pause, resume, restart, plugin-crash NODE[,NODE...]; partition A,B|C,D [--for "
     "30s];\n"
     "relay-only A,B, in a lab made with --relay; loss 5% [NODE...]; heal. NODE is a name, any, "
     "or\n"
     "ROLE/any, drawn from the lab's seed."},
    {"E_CONFIG",
     "The configuration has errors, and a host never starts with half of one. Every problem is\n"
     "listed with its place.\n\n"
     "Check without starting: `meshctl config check FILE`."},
    {"E_CONNECTION",
     "A connection to another node could not be made or broke. The message names the cause and\n"
     "the code that QUIC (RFC 9000 section 20) or the other end gave."},
    {"E_DASHBOARD_KEY",
     "dashboard.key in the host's data directory seals the dashboard's sessions. It holds none, "
     "or\n"
     "others may read it: another takes its place, and who was in comes in again."},
    {"E_DASHBOARD_TOKEN",
     "What [observe] token_file names lets a browser into the dashboard: 16 to 1024 letters,\n"
     "digits, \"-\", \".\", \"_\" and \"~\", such as `openssl rand -hex 16` prints; one line break "
     "at its\n"
     "end does not count. It belongs to nobody but the user who runs the host, mode 0600 (or\n"
     "0400). The way in is https://NAME:PORT/#t=TOKEN."},
    {"E_DIR",
     "A directory that the host needs could not be made, for the reason in the message. Name\n"
     "another with --data-dir."},
    {"E_DIR_UNSAFE",
     "The host keeps its secret key in its data directory, so nobody else may be able to write\n"
     "there: it must be a directory, not a link, owned by the host's user or root, and not\n"
     "writable by group or others. It is refused and never repaired silently."},
    {"E_EXPECT",
     "What is expected of a lab is a list with commas between:\n"
     "\n"
     "  STATE within TIME             every other running host sees the target so: stale, dead, "
     "left,\n"
     "                                alive, degraded or draining; counted from the deed\n"
     "  known everywhere within TIME  they see it as it is: running, or gone\n"
     "  mesh reconverges within TIME  every running host hears every other, their links make one "
     "mesh,\n"
     "                                and nobody believes in who is gone; counted from when the\n"
     "                                expectation before it was met\n"
     "  nobody else dead [for TIME]   no other running host is taken for dead (or stale)\n"
     "\n"
     "TIME is 250ms, 8s or 2m. The message names the column of the first word that does not fit."},
    {"E_FOREIGN_HOST",
     "The dashboard answers only to the address that it listens at, and to localhost with its "
     "port:\n"
     "a page of another site must not reach it under that site's name. Through a tunnel, keep the\n"
     "port the same at both ends: ssh -L 7780:127.0.0.1:7780 HOST."},
    {"E_FOREIGN_ORIGIN",
     "A page of another site asked the dashboard for something. It is refused, whoever is logged "
     "in."},
    {"E_IDLE",
     "Nothing was heard from the other end for as long as [quic] idle_timeout says. It stopped\n"
     "without saying so, or the network between broke. The host goes on trying by itself."},
    {"E_INSTANCE_RUNNING",
     "Every host on a machine has a name, `default` unless it is told another, and its local API\n"
     "is a socket of that name. A host that answers already has it.\n\n"
     "Start this one with --instance NAME, and ask it with `meshctl --instance NAME`. A socket\n"
     "that a dead host left behind is no obstacle: it is replaced."},
    {"E_INTERNAL",
     "The host met a fault of its own while it answered. That costs the answer and nothing else; "
     "it is a\n"
     "defect: please report what was asked."},
    {"E_INTERRUPTED",
     "Ctrl-C, or a signal. What was begun was put in order first: a lab that was being made is "
     "gone,\n"
     "a partition that was for a time is healed."},
    {"E_KEY_DAMAGED",
     "The key file is not what meshhost writes: one line of 64 hex digits. The host's identity\n"
     "is this key, so it is never overwritten. Restore it from a copy; or move it away, and the\n"
     "next start makes a new one, and with it a new id that others have to be told."},
    {"E_KEY_EXISTS",
     "There is a key at that path already, and a key file is never overwritten. Name another\n"
     "path, or move the file away."},
    {"E_KEY_IN_USE",
     "A key is one host's. Two that run with the same key have the same id: their peers would\n"
     "reach now one, now the other, and neither would work. Stop the first, or start this one\n"
     "with its own --data-dir, or at least its own [identity] key_file."},
    {"E_KEY_IO", "The key file could not be read or written, for the reason in the message."},
    {"E_KEY_MISSING",
     "There is no key at that path. `meshctl identity mint --key-file PATH` makes one; meshhost\n"
     "makes its own at its first start."},
    {"E_KEY_PERMISSIONS",
     "Whoever can read the key can be this host. The file must be a regular file, owned by the\n"
     "user that runs meshhost, and readable by nobody else: chmod 600. A file with wider\n"
     "permissions is refused and not repaired, because somebody may have read it already."},
    {"E_LAB_APART",
     "The hosts of the lab started, but did not become one mesh in the time that they were given. "
     "On a\n"
     "busy machine that takes longer: --within. Otherwise their logs tell: start the lab again "
     "with\n"
     "fewer hosts, and look at the files called log in its directory."},
    {"E_LAB_DAMAGED",
     "lab.json, which says what a lab consists of, is not what this meshctl writes. Perhaps "
     "another\n"
     "version made the lab: use its meshctl. Its hosts are children of a process called "
     "meshlab-keeper;\n"
     "when that is killed, they end too."},
    {"E_LAB_DIR",
     "A file or directory of a lab could not be made, written or removed, for the reason in the\n"
     "message. A lab keeps everything in one directory, by default in "
     "$XDG_RUNTIME_DIR/meshhost-lab\n"
     "or below /tmp; name another with --dir. Its path must be short, because those of sockets "
     "are."},
    {"E_LAB_DOWN",
     "The lab has ended, or its keeper was killed, which ends its hosts too. What is left is its\n"
     "directory: `meshctl lab down` clears it away."},
    {"E_LAB_EXISTS",
     "A lab takes a directory of its own, and removes it in the end. This one is in use: by "
     "another\n"
     "lab, to be ended with `meshctl lab down`, or by other files. Labs can run side by side "
     "under\n"
     "different names: --name NAME, or another --seed."},
    {"E_LAB_RUNNING", "The host runs already; a restart stops it first."},
    {"E_LAB_START",
     "A host of the lab, or the process that keeps them, did not start. The hint holds the end of "
     "the\n"
     "host's log. A lab runs the meshhost that lies beside meshctl, with the presets of the five "
     "roles."},
    {"E_LAB_STUCK",
     "A host was killed and is still there, which happens only while the kernel waits for a "
     "device.\n"
     "`meshctl lab down` may be called again at any time."},
    {"E_MDNS_SOCKET",
     "Nobody can be found on this network: the multicast DNS port, 5353, cannot be listened to\n"
     "for either family. Other programs may share it (avahi does); a firewall or a container\n"
     "without multicast may not let it be. The host works without; `[discovery] mdns = false`\n"
     "ends the attempt."},
    {"E_MESH_SECRET",
     "The hosts of a mesh find each other under its name and, if [mesh] secret_file is set, the\n"
     "bytes of that file, which have to be the same on all of them. It holds 1 to 1024 bytes;\n"
     "one line break at its end does not count. Whoever can read it can join the mesh: it belongs\n"
     "to nobody but the user who runs the host, mode 0600 (or 0400)."},
    {"E_METHOD", "The local API changes nothing on a GET: questions are GET, requests are POST."},
    {"E_NETLINK",
     "The host could not watch the network interfaces. It works, but does not notice by itself\n"
     "when an address comes or goes; `meshctl rebind` tells it."},
    {"E_NOT_A_LAB",
     "Only a host that was started with lab.faults = true drops datagrams on purpose or fails a\n"
     "plugin. Never set it where somebody relies on the host: whoever can open its socket can\n"
     "then break it."},
    {"E_NOT_CONFIRMED",
     "The command does harm if it hits the wrong node, so that meshctl asks before it does it.\n"
     "There was nobody to ask, because it does not run on a terminal, or the answer was not yes.\n"
     "--yes does it without asking."},
    {"E_NOT_FOUND",
     "The dashboard's API has nothing at that path. docs/dashboard-api.md lists what it has; an "
     "older\n"
     "observer may have less."},
    {"E_NOT_PERMITTED",
     "Another host was asked over the mesh and refused. It answers only members of its mesh that\n"
     "it knows, who have the mesh's secret if there is one (mesh.secret_file), and only what\n"
     "introspect.allow lets them: none, read (questions, the default) or all. The message says\n"
     "which of the three it was. That host's own socket is not concerned."},
    {"E_NOT_READY",
     "The host is still starting: its plugins have not answered yet. It says `ready` on standard\n"
     "output, and to systemd, when it is."},
    {"E_NOT_WRITTEN", "A file in the host's data directory cannot be written. Is the disk full?"},
    {"E_NO_ADDRESS",
     "An id says who somebody is, not where. This host knows no address for that id. Give it a\n"
     "ticket, or ID@ADDRESS."},
    {"E_NO_ADDRESS_FAMILY",
     "The machine has no IPv6 (or no IPv4), and [net] bind or --bind asks for it."},
    {"E_NO_BOOT",
     "Every host keeps the trace of its last four starts in its state directory, and tells it to\n"
     "whoever may ask. There is none where the host is of an older version, or where there is no\n"
     "start before the one that is meant."},
    {"E_NO_COLLECTOR",
     "Spans were handed to a host that has no collector. Hosts with telemetry.otlp = \"mesh\" look "
     "for an\n"
     "observer whose telemetry.otlp names one."},
    {"E_NO_DAEMON",
     "Nobody answers on the local socket. Either no meshhost runs, or it runs as another\n"
     "instance or another user.\n\n"
     "`meshhost --plugin compute.so` starts one; --instance NAME or --socket PATH names another,\n"
     "--lab NAME the observer of a lab of this machine: `meshctl boot --all --lab NAME`."},
    {"E_NO_DASHBOARD",
     "The host that was asked serves no dashboard. `meshhost --observe` starts one that does, "
     "which is\n"
     "a member of the mesh that takes part in nothing; a lab has one, named observer. `meshctl ui\n"
     "--instance NAME` or `--socket PATH` asks that one."},
    {"E_NO_EXAMPLES", "`meshctl examples` without a word after it shows all of them."},
    {"E_NO_GOSSIP",
     "The host takes no part in the gossip: gossip.enabled is false, or it is stopping."},
    {"E_NO_LAB",
     "There is no lab of that name, or none at all. `meshctl lab up` makes one. Labs with a "
     "directory\n"
     "of their own are found with --dir only."},
    {"E_NO_PLUGIN",
     "No role is known here under this instance name, or, for a reload, it does not run.\n"
     "`meshctl plugin list` shows the names."},
    {"E_NO_SESSION",
     "The dashboard lets in browsers that came by a link of `meshctl ui`, or with the token of\n"
     "observe.token_file. A session ends after a week, and when that token is another."},
    {"E_NO_SUCH_ADDRESS",
     "[net] bind or --bind names an address that no interface of this machine has now. Without\n"
     "it, the host listens on all."},
    {"E_NO_SUCH_CODE", "`meshctl explain` without a code lists all codes."},
    {"E_NO_SUCH_INSTANCE",
     "No plugin runs under this instance name: it never did, or it has failed or stopped.\n"
     "`meshctl plugin list` shows the names."},
    {"E_NO_SUCH_KEY",
     "The configuration has no key and no table of that name. `meshctl config show` lists what is\n"
     "in force, `meshctl config init` every key with what it means."},
    {"E_NO_SUCH_NODE",
     "The lab has no host of that name. `meshctl lab status` lists them, with their names."},
    {"E_NO_SUCH_PATH", "The local API has no such path. docs/operating.md lists them."},
    {"E_NO_TRACE",
     "Every host keeps the last 512 spans of messages that were followed, one in 1,024 of its own\n"
     "(telemetry.trace_one_in) and those of `meshctl trace publish`. Older ones have given way, "
     "and a\n"
     "host that starts anew remembers none."},
    {"E_OUTPUT",
     "Standard output did not take the answer, or not all of it: its disk is full, or whoever "
     "read\n"
     "it has gone."},
    {"E_PEER_SELF",
     "The name, id or ticket is that of the host that was asked. It does not connect to itself."},
    {"E_PEER_UNKNOWN",
     "No node is known by that name, id or role and number. `meshctl peers` lists those that are;\n"
     "a node that is not can be named by its ticket."},
    {"E_PING_ECHO",
     "The other end answered a ping with other bytes than it was sent, so it does not speak\n"
     "mesh/ping/1. Compare `meshctl version` on both machines."},
    {"E_PING_STREAM",
     "The other end closed the stream before all replies were in: it may have been stopping; ping\n"
     "it again. Or it lets nobody open a stream: then it does not speak mesh/ping/1 as we do."},
    {"E_PLUGIN_BUSY",
     "New code for this role is on its way already. Wait until that reload has ended."},
    {"E_PLUGIN_EXISTS",
     "`meshctl plugin new` writes into a directory of its own and changes nothing that is there.\n"
     "Choose another name, or say with --dir where the project is to go."},
    {"E_PLUGIN_NAME",
     "Plugins and roles are named by a small letter and then up to 31 small letters, digits, - "
     "and\n"
     "_. The role is what other nodes see and what the configuration is called by; the plugin is\n"
     "only the file. A plugin cannot be named like one of CMake's own targets (all, test, ...)."},
    {"E_PLUGIN_PROJECT",
     "The project's files could not be written, for the reason in the message."},
    {"E_PLUGIN_STALLED",
     "A callback of the role has not returned for longer than plugin.NAME.stall_kill (MP308). In "
     "the\n"
     "host's own process a thread cannot be ended without harm, so that the role can neither be\n"
     "started again nor have new code. Restart the host; with isolation = \"process\" such a role "
     "is\n"
     "killed and started again by itself."},
    {"E_PLUGIN_TOOL",
     "`meshctl plugin check` and `describe` run the meshhost beside meshctl, or the first one in\n"
     "PATH, because only it loads plugins. Install it, or run `meshhost --check FILE` yourself."},
    {"E_PORT_FORBIDDEN",
     "Ports below 1024 are for root, or for a process with CAP_NET_BIND_SERVICE. Choose a higher\n"
     "one, or none: with port 0 the kernel picks one."},
    {"E_PORT_TAKEN",
     "Another process has that UDP port, perhaps another meshhost. Choose another with --port,\n"
     "or none: without it the kernel picks a free one, and the ticket says which."},
    {"E_REFUSED",
     "The other end is at one of its limits: connections, connections of one peer, or handshakes\n"
     "at once. The host tries again later by itself."},
    {"E_RELAY_TOKEN",
     "What [relay] token_file names holds the token that this host's relays ask for: 1 to 1024\n"
     "bytes; one line break at its end does not count. It belongs to nobody but the user who\n"
     "runs the host, mode 0600 (or 0400). Only the relays of relay.urls are told it."},
    {"E_RELOAD_UNDER_WAY",
     "A reload waits for the roles to look at their new configuration, three seconds at most, or "
     "the\n"
     "host is stopping. Try again."},
    {"E_RESET",
     "The other end has no memory of the connection: it was restarted. The host connects again\n"
     "by itself."},
    {"E_SCENARIO",
     "A scenario, of `meshctl lab run` or of mesh_sim, is a TOML file that is read strictly: it\n"
     "cannot be read, a key or table in it is not known, or its values contradict each other. The\n"
     "message names the line and the column. Nothing was started.\n\n"
     "docs/lab.md lists the keys of a lab's scenario; etc/lab holds some to start from."},
    {"E_SIGNAL",
     "The kernel did not let this user signal a process of the lab. Only who made a lab, or root, "
     "can\n"
     "break it."},
    {"E_SIGNALS",
     "The kernel did not let the host take over its signals, for the reason in the message."},
    {"E_SOCKET_DENIED",
     "The local API belongs to the user that runs meshhost (its socket has mode 0600)."},
    {"E_SOCKET_DIRECTORY",
     "Others can write in the directory of the local socket, so they could put their own in its\n"
     "place. Remove the permission, or name another socket with [admin] socket."},
    {"E_SOCKET_IO",
     "The local socket could not be made or reached, for the reason in the message."},
    {"E_SOCKET_PATH",
     "A unix socket's path has at most 107 bytes, and nothing else may be in its place. A shorter\n"
     "--instance or [admin] socket makes room."},
    {"E_SPAWN",
     "The dashboard's buttons run the meshctl beside meshhost, and it could not be run."},
    {"E_STREAM_ENDED",
     "meshctl followed something that has no end of its own, and the host ended it: it was "
     "stopped\n"
     "or killed, or the way to the node that --via names broke. Nothing that was printed before "
     "is\n"
     "wrong. `meshctl events --since SEQ` goes on where it ended, as long as the same host runs."},
    {"E_TIMEOUT", "No answer came in time. `--timeout 30s` waits longer."},
    {"E_TLS",
     "A certificate, its key, or a file of certificate authorities cannot be used: it cannot be "
     "read,\n"
     "is not PEM, or the key belongs to another certificate. The message names the file. The "
     "chain's\n"
     "file begins with the server's own certificate, then come those that vouch for it; "
     "`meshrelay\n"
     "--check` tries them. The dashboard's are observe.tls_cert and observe.tls_key."},
    {"E_TOO_MANY_AUDITS",
     "An audit takes up to three seconds when something may be no more than in flux, and 16 may\n"
     "wait at one time. Ask again when one of them has ended."},
    {"E_TOO_MANY_HOSTS",
     "One view of the whole mesh asks at most 256 hosts, so that looking at a large mesh does not\n"
     "disturb it. Those with the smallest ids are asked."},
    {"E_TOO_MANY_PINGS",
     "Every ping costs a connection, so that a host runs 32 at a time. Wait for one to end."},
    {"E_TOO_OLD",
     "An observer remembers ten minutes, less where very much changes, and from when it started.\n"
     "GET /api/v1/history says since when."},
    {"E_UNREACHABLE",
     "No address of that node answered. It does not run, it has moved, or something between drops\n"
     "UDP. Try a fresh ticket of that node, and look at the firewalls on the way."},
    {"E_USAGE",
     "The command line could not be understood. --help after any command shows its own."},
    {"E_WRONG_KEY",
     "Somebody answered at that address, and proved to be somebody else. Nothing was sent to\n"
     "them. The node has a new key, or its old address now belongs to another.\n\n"
     "Ask for a fresh ticket by a way you trust."},
    {"MP001",
     "The plugin's file cannot be opened: it is missing, no regular file, unreadable, or larger\n"
     "than 256 MiB. A name without a slash is looked up in [plugins] dir; a path needs one."},
    {"MP002",
     "Group or others can write the plugin's file, so that anybody could have put code there that\n"
     "the host would run. chmod go-w, after a look at what it is."},
    {"MP003",
     "The file is not ELF, ends too soon (it may still be being copied), or it was built for "
     "another\n"
     "kind of machine."},
    {"MP004",
     "The dynamic loader refuses the plugin: a library that it needs is missing, or a symbol that\n"
     "it uses is defined nowhere. Build it with the flags of mesh_add_plugin(), which finds the\n"
     "latter when it is linked."},
    {"MP005", "The plugin's file is not the one that was pinned with [plugin.NAME] sha256."},
    {"MP010",
     "The file does not export mesh_plugin_entry, so it is no plugin; or it is one, built with\n"
     "hidden visibility and without MESH_EXPORT."},
    {"MP011",
     "The file carries a MESH note with another magic number: damaged, or not for meshhost."},
    {"MP012", "The plugin was built for a later major version of the interface. Upgrade meshhost."},
    {"MP013",
     "The plugin was built for an earlier major version of the interface. Rebuild it with the SDK\n"
     "of this meshhost."},
    {"MP014",
     "The plugin asks for a later minor version of the interface than this host offers. Upgrade\n"
     "meshhost, or have the plugin's author lower MESH_ABI_MINOR_MIN and test for what is new."},
    {"MP015",
     "A notice: the plugin was built for a later minor version, and is content with this one."},
    {"MP016",
     "The plugin has no MESH note, so that its code runs before the host can tell what it is. It\n"
     "is loaded all the same; its author adds MESH_PLUGIN_NOTE."},
    {"MP017", "The plugin's entry function declined this host, or threw an exception."},
    {"MP018",
     "The table of a role is incomplete; or the file has several roles, and it is not clear which\n"
     "one to run."},
    {"MP019",
     "The role needs a table of functions that this host does not offer. See docs/abi.md."},
    {"MP020",
     "The role asks for a permission that [plugin.NAME] grant does not contain. Add it there, or\n"
     "\"declared\", which stands for all that the role asks for."},
    {"MP021",
     "The configuration below [plugin.NAME.config] is not what the role takes. All that is wrong "
     "is\n"
     "said at once, with file and line."},
    {"MP022", "The instance's name is taken, or the role runs at most once on a host."},
    {"MP023",
     "The role says that it cannot run in a process of its own, and its configuration wants that."},
    {"MP024",
     "The host was started with --safe-mode, which leaves out every plugin that is not in the\n"
     "host's own plugin directory."},
    {"MP201",
     "Every plugin is tried in a process of its own before it is loaded. This one did not finish\n"
     "there within its time: it hangs while it loads or in create."},
    {"MP202",
     "The plugin crashed in the process where it was tried. The host is unharmed, and does not\n"
     "load it. The offset in the message is a place in the plugin's file: built with -g,\n"
     "`addr2line -Cfe FILE OFFSET` names the function and the line."},
    {"MP203", "The plugin's create function returned an error; its own words are in the message."},
    {"MP204", "The plugin's start function returned an error; its own words are in the message."},
    {"MP205", "The plugin said that its start was under way, and never that it was done."},
    {"MP206", "A warning: drain, stop or destroy returned an error. The host goes on."},
    {"MP207",
     "The machine lacked what it takes to run the role: a descriptor, a thread, a process, or a\n"
     "way to shut that in. The message says which. The host tries again, each time later; look at\n"
     "the limits of its service (LimitNOFILE, TasksMax) and at what uses them up."},
    {"MP301",
     "The plugin returned an error for an event. One is a warning; after ten in a row the "
     "instance\n"
     "is stopped."},
    {"MP302",
     "A C++ exception left the plugin. After that none of its code can be trusted, so that it is\n"
     "not called again. Plugins catch at their boundary; mesh/plugin.hpp does it for them."},
    {"MP303",
     "A warning: a callback of the plugin held its thread for more than 50 ms. Its other events\n"
     "waited; the host and its other roles did not. Its author should use mesh.worker/1."},
    {"MP304",
     "A warning: a callback has not returned for more than 250 ms. The address is an offset in "
     "the\n"
     "plugin's file, of the innermost of its functions: addr2line -e FILE +0x1190 names the line."},
    {"MP305", "A warning: timers or watches were left open when the instance stopped."},
    {"MP306",
     "The plugin reported a fatal error and was stopped; its own words are in the message."},
    {"MP307", "A warning: one of the plugin's threads still called the host after it was stopped."},
    {"MP308",
     "The plugin did not return from a call in time. In a process of its own it is killed, and\n"
     "started again. A thread of the host cannot be stopped from outside: its role is marked, and\n"
     "when the host stops, it is left behind."},
    {"MP309",
     "The role took the whole host down with it three times within ten minutes, so that it is "
     "left\n"
     "out. `meshctl plugin enable INSTANCE` and a restart of the host let it in again;\n"
     "isolation = \"process\" makes its crashes its own."},
    {"MP310",
     "The process of an isolated role died: of what, in which callback and where in the plugin's\n"
     "file. Built with -g, `addr2line -Cfe FILE OFFSET` names the function and the line. The role\n"
     "is started again, after MP313 not any more."},
    {"MP311",
     "A plugin called exit() from a callback, which ends the whole host. Plugins report what is\n"
     "fatal with mesh_host.fatal()."},
    {"MP312",
     "A warning: the role wanted more than its mesh_budget says (bytes of gossip a second,\n"
     "streams, timers; what it does not declare is bounded by the host). The calls failed with\n"
     "MESH_E_BUDGET and did nothing. Its author declares more, or asks less often."},
    {"MP313",
     "A role failed too often within restart_window, and is left alone. Look at why it fails;\n"
     "`meshctl plugin restart INSTANCE` starts it again."},
    {"MP314",
     "The process of an isolated role sent what is no message, or does not read: it was killed."},
    {"MP315",
     "A warning: the file with a role's state was damaged. It is kept beside the new one, which\n"
     "begins empty, under the name in the message."},
    {"MP320",
     "New code could not take over from what runs, and why. What ran goes on, where it had been\n"
     "stopped already by starting it again with what it had saved. When the reason passes by\n"
     "itself, as a disk that is busy does, ask for the reload again; else the new code has to\n"
     "change: docs/abi.md, \"Live swap\"."},
};

}  // namespace

std::span<const explanation> explanations() {
    return table;
}

const explanation* find_explanation(std::string_view code) {
    const auto* found =
        std::find_if(std::begin(table), std::end(table), [&](const explanation& known) {
            return known.code == code;
        });
    return found == std::end(table) ? nullptr : found;
}

}  // namespace meshhost::ctl
