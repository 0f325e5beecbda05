// SPDX-License-Identifier: Apache-2.0
// Every way to be refused, with the words for it.
#include "tests/unit/config/loading.hpp"

using namespace meshhost::config;
using namespace meshhost::config::test;

TEST_CASE("config: an unknown key is refused with the nearest known one", "[config]") {
    CHECK(
        refusal(file("[net]\n  prot = 1\n"))
        == "host.toml:2:3  error  unknown key `net.prot`; did you mean `net.port`?"
    );
    CHECK(
        refusal(file("port = 1"))
        == "host.toml:1:1  error  unknown key `port`; did you mean `net.port`?"
    );
    CHECK(
        refusal(file("[plugin.c]\npath = 'c.so'\nrequird = true"))
        == "host.toml:3:1  error  unknown key `plugin.c.requird`;"
           " did you mean `plugin.c.required`?"
    );
    CHECK(refusal(file("net.banana = 1")) == "host.toml:1:5  error  unknown key `net.banana`");
    CHECK(
        refusal(file("net.\"a\\nb\" = 1")) == "host.toml:1:5  error  unknown key `net.\"a\\x0ab\"`"
    );
}

TEST_CASE("config: a message does not repeat a key of any length", "[config]") {
    const std::string line = refusal(file(std::string(100'000, 'k') + " = 1"));
    CHECK(line.size() < 300);
    CHECK(line.ends_with("kkk...`"));
}

TEST_CASE("config: an unknown table is refused once, not key by key", "[config]") {
    CHECK(
        refusal(file("[nett]\nport = 1\nbind = []\n[nett.deep]\nx = 1"))
        == "host.toml:1:2  error  unknown table `nett`; did you mean `net`?"
    );
    CHECK(
        refusal(file("[plugins.compute-0]\npath = 'compute.so'"))
        == "host.toml:1:10  error  unknown table `plugins.compute-0`;"
           " did you mean `plugin.compute-0`?"
    );
}

TEST_CASE("config: a value of the wrong type is refused", "[config]") {
    CHECK(
        refusal(file("net.port = '4433'"))
        == "host.toml:1:12  error  `net.port` must be an integer, not a string"
    );
    CHECK(
        refusal(file("net.port = 1.0"))
        == "host.toml:1:12  error  `net.port` must be an integer, not a number with a fraction"
    );
    CHECK(
        refusal(file("[net.port]\nx = 1"))
        == "host.toml:1:6  error  `net.port` must be an integer, not a table"
    );
    CHECK(
        refusal(file("node.name = 1979-05-27"))
        == "host.toml:1:13  error  `node.name` must be a string, not a date or time"
    );
    CHECK(
        refusal(file("net.segmentation_offload = 1"))
        == "host.toml:1:28  error  `net.segmentation_offload` must be true or false, not an integer"
    );
    CHECK(
        refusal(file("mesh.peers = 'one'"))
        == "host.toml:1:14  error  `mesh.peers` must be an array of strings, not a string"
    );
    CHECK(
        refusal(file("net = 1")) == "host.toml:1:7  error  `net` must be a table, not an integer"
    );
    CHECK(
        refusal(file("[[net]]\nport = 1"))
        == "host.toml:1:1  error  `net` must be a table, not an array"
    );
    CHECK(
        refusal(file("[plugin]\ndir = '/x'"))
        == "host.toml:2:7  error  `plugin.dir` must be a table, not a string;"
           " did you mean `plugins.dir`?"
    );
    CHECK(
        refusal(file("[plugin.c]\npath = 'c.so'\nconfig = 1"))
        == "host.toml:3:10  error  `plugin.c.config` must be a table, not an integer"
    );
}

TEST_CASE("config: a number out of its range is refused", "[config]") {
    CHECK(
        refusal(file("net.port = 65536"))
        == "host.toml:1:12  error  `net.port` must be 0..65535, not 65536"
    );
    CHECK(
        refusal(file("net.port = -1"))
        == "host.toml:1:12  error  `net.port` must be 0..65535, not -1"
    );
    CHECK(
        refusal(file("quic.connections_max = 0"))
        == "host.toml:1:24  error  `quic.connections_max` must be 1..1000000, not 0"
    );
    CHECK(load(file("net.port = 65535")).values.net.port == 65535);
}

TEST_CASE("config: a duration needs its unit and has its range", "[config]") {
    CHECK(
        refusal(file("quic.idle_timeout = 30"))
        == "host.toml:1:21  error  `quic.idle_timeout = 30` has no unit; write \"30s\" or \"30ms\""
    );
    CHECK(
        refusal(file("quic.idle_timeout = '30 parsecs'"))
        == "host.toml:1:21  error  `quic.idle_timeout` must be a duration like \"30s\" or"
           " \"250ms\", not \"30 parsecs\"; units are us, ms, s, m and h"
    );
    CHECK(
        refusal(file("quic.idle_timeout = '999ms'"))
        == "host.toml:1:21  error  `quic.idle_timeout` must be 1s..10m, not \"999ms\""
    );
    CHECK(
        refusal(file("quic.idle_timeout = '601s'"))
        == "host.toml:1:21  error  `quic.idle_timeout` must be 1s..10m, not \"601s\""
    );
}

TEST_CASE("config: a string must have its key's form", "[config]") {
    CHECK(
        refusal(file("log.level = 'inof'"))
        == "host.toml:1:13  error  `log.level` must be one of trace, debug, info, warn, error, off,"
           " not \"inof\"; did you mean \"info\"?"
    );
    CHECK(
        refusal(file("admin.socket = 'a.sock'"))
        == "host.toml:1:16  error  `admin.socket` must be an absolute path, not \"a.sock\""
    );
    CHECK(
        refusal(file("node.instance = '../up'"))
        == "host.toml:1:17  error  `node.instance` must be 1 to 64 of a-z, 0-9, \"-\" and \"_\", "
           "the"
           " first a letter or digit, not \"../up\""
    );
    CHECK(
        refusal(file("node.name = \"bell\\u0007\""))
        == "host.toml:1:13  error  `node.name` must be at most 64 bytes without control characters,"
           " not \"bell\\x07\""
    );
    CHECK(
        refusal(file("[plugin.c]\npath = ''"))
        == "host.toml:2:8  error  `plugin.c.path` must be a plugin's file name or path, not \"\""
    );
}

TEST_CASE("config: each faulty element of a list is refused in its place", "[config]") {
    CHECK(
        refusals(file("[net]\nbind = ['::1', '192.0.2.7:80',\n 5, '[::2]', 'localhost']"))
        == std::vector<std::string>{
            "host.toml:2:16  error  `net.bind[1]` must be an IP address without a port, not"
            " \"192.0.2.7:80\"; the port is set by net.port",
            "host.toml:3:2  error  `net.bind[2]` must be a string",
            "host.toml:3:5  error  `net.bind[3]` must be an IP address without a port, not"
            " \"[::2]\"",
            "host.toml:3:14  error  `net.bind[4]` must be an IP address without a port, not"
            " \"localhost\"",
        }
    );
    const auto peers = refusal(file("mesh.peers = ['" + std::string(peer_a) + "', 'nobody']"));
    CHECK(peers.starts_with(
        "host.toml:1:98  error  `mesh.peers[1]` names no peer: bad peer: \"nobody\" is neither"
        " a ticket nor an id nor ID@ADDR; "
    ));
}

TEST_CASE("config: a list may not be longer than its limit", "[config]") {
    std::string list;
    for (int i = 0; i < 9; ++i)
        list += "'192.0.2." + std::to_string(i) + "', ";
    CHECK(
        refusal(file("net.bind = [" + list + "]"))
        == "host.toml:1:12  error  `net.bind` has 9 elements, at most 8 are allowed"
    );
}

TEST_CASE("config: a file that is not TOML is refused where it stops being it", "[config]") {
    CHECK(
        refusal(file("[net]\nport = \n"))
        == "host.toml:2:8  error  not valid TOML: Error while parsing key-value pair: expected"
           " value, saw '\\n'"
    );
    CHECK(
        refusal(file("[net]\nport = 1\nport = 2\n"))
        == "host.toml:3:8  error  not valid TOML: Error while parsing key-value pair: cannot"
           " redefine existing integer 'port'"
    );
    CHECK(
        refusal(file("a = n\nb = 1"))
        == "host.toml:1:6  error  not valid TOML: Error while parsing floating-point: expected"
           " 'nan', saw 'n\\x0a'"
    );
    CHECK(
        refusal(file("[node]\nname = 'caf\xe9'\n"))
        == "host.toml:2:11  error  not valid TOML: Encountered invalid utf-8 sequence"
    );
    CHECK(
        refusal(file("net.port = 99999999999999999999"))
        == "host.toml:1:32  error  not valid TOML: Error while parsing decimal integer:"
           " '99999999999999999999' is not representable in 64 bits"
    );
    std::string deep;
    for (int i = 0; i < 40; ++i)
        deep += "a.";
    CHECK(
        refusal(file(deep + "a = 1"))
        == "host.toml:1:66  error  nested too deep: at most 32 tables and arrays"
    );
}

TEST_CASE("config: a text of more than 1 MiB is refused unread", "[config]") {
    const std::string comment(config_file_bytes_max, '#');
    CHECK(refusals(file(comment)).empty());
    CHECK(refusal(file(comment + "#")) == "host.toml  error  is larger than 1 MiB");
}

TEST_CASE("config: an unknown variable is refused", "[config]") {
    CHECK(
        refusal(environment({{"MESHHOST_NET__PROT", "1"}}))
        == "env MESHHOST_NET__PROT=1  error  unknown variable; did you mean MESHHOST_NET__PORT?"
    );
    CHECK(
        refusal(environment({{"MESHHOST_BANANA", "1"}}))
        == "env MESHHOST_BANANA=1  error  unknown variable"
    );
    CHECK(
        refusal(environment({{"MESHHOST_PLUGIN__C__PATH", "c.so"}}))
        == "env MESHHOST_PLUGIN__C__PATH=c.so  error  unknown variable; keys of plugins are set in"
           " a file or with --set"
    );
}

TEST_CASE("config: a variable with a bad value is refused", "[config]") {
    CHECK(
        refusal(environment({{"MESHHOST_NET__PORT", "70000"}}))
        == "env MESHHOST_NET__PORT=70000  error  `net.port` must be 0..65535, not 70000"
    );
    CHECK(
        refusal(environment({{"MESHHOST_NET__PORT", ""}}))
        == "env MESHHOST_NET__PORT=  error  `net.port` must be an integer, not a string"
    );
    CHECK(
        refusal(environment({{"MESHHOST_NODE__NAME", "caf\xe9"}}))
        == "env \"MESHHOST_NODE__NAME=caf\\xe9\"  error  is not UTF-8"
    );
}

TEST_CASE("config: --set is refused like a file", "[config]") {
    CHECK(
        refusal(sets({"net.port=abc"}))
        == "--set net.port=abc  error  `net.port` must be an integer, not a string"
    );
    CHECK(
        refusal(sets({"net.prot=1"}))
        == "--set net.prot=1  error  unknown key `net.prot`; did you mean `net.port`?"
    );
    CHECK(
        refusal(sets({"net.port"})) == "--set net.port  error  has no value; write --set KEY=VALUE"
    );
    CHECK(
        refusal(sets({"net={port = 1}"}))
        == "--set net={port = 1}  error  names a table, not a key of it; write --set net.KEY=VALUE"
    );
    CHECK(
        refusals(sets({"plugin.c.path=c.so", "plugin.c.config={a = 1}"})).back()
        == "--set plugin.c.config={a = 1}  error  names a table, not a key of it; write --set"
           " plugin.c.config.KEY=VALUE"
    );
    CHECK(refusal(sets({"=1"})) == "--set =1  error  unknown key `\"\"`");
    CHECK(refusal(sets({"a\nb=1"})) == "--set \"a\\x0ab=1\"  error  unknown key `\"a\\x0ab\"`");
    CHECK(
        refusal(sets({"\xff=1"})) == "--set \"\\xff=1\"  error  is not a key; write --set KEY=VALUE"
    );
    CHECK(refusal(sets({std::string(100, '.') + "=1"}))
              .ends_with("is not a key; write --set KEY=VALUE"));
}

TEST_CASE("config: a plugin needs a name and a path", "[config]") {
    CHECK(
        refusal(file("[plugin.c]\nrequired = true"))
        == "host.toml:1:9  error  `plugin.c.path` is missing; write path = \"compute.so\""
    );
    CHECK(
        refusal(file("[plugin.Compute]\npath = 'c.so'\nrequird = 1"))
        == "host.toml:1:9  error  a plugin's name must be 1 to 64 of a-z, 0-9, \"-\" and \"_\", the"
           " first a letter or digit, not \"Compute\""
    );
    // A path that is refused is not missing as well.
    CHECK(refusals(file("[plugin.c]\npath = 1")).size() == 1);
}

TEST_CASE("config: a host runs at most 64 plugins", "[config]") {
    std::string text;
    for (int i = 0; i < 65; ++i)
        text += "[plugin.p" + std::to_string(100 + i) + "]\npath = 'p.so'\n";
    CHECK(refusal(file(text)) == "host.toml:129:9  error  more than 64 plugins");
}

TEST_CASE(
    "config: everything wrong is told at once, in the order of layers and lines",
    "[config]"
) {
    const config_layers layers{
        {{"a.toml", "[quic]\nidle_timeout = 30\n[net]\nport = 'x'\nprot = 1\n[log]\nlevel = 1"},
         {"b.toml", "port = \n"},
         {"c.toml", "net.port = -1"}},
        {{"MESHHOST_X", "1"}, {"MESHHOST_NET__PORT", "x"}},
        {"net.port=x"}};
    std::vector<std::string> places;
    for (const std::string& line : refusals(layers))
        places.push_back(line.substr(0, line.find("  ")));
    CHECK(
        places
        == std::vector<
            std::
                string>{"a.toml:2:16", "a.toml:4:8", "a.toml:5:1", "a.toml:7:9", "b.toml:1:8", "c.toml:1:12", "env MESHHOST_NET__PORT=x", "env MESHHOST_X=1", "--set net.port=x"}
    );
}

TEST_CASE("config: a flood of problems is cut and counted", "[config]") {
    std::string text;
    for (int i = 0; i < 1000; ++i)
        text += "k" + std::to_string(i) + " = 1\n";
    const auto lines = refusals(file(text));
    REQUIRE(lines.size() == config_problems_max + 1);
    CHECK(lines.back() == "...  error  900 more problems");
}
