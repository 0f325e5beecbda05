// SPDX-License-Identifier: Apache-2.0
#include "config/config_loader.hpp"
#include "lab/model/cast.hpp"
#include "lab/model/host_file.hpp"
#include "lab/model/lab_record.hpp"
#include "support/catch.hpp"

#include <boost/json/serialize.hpp>

using namespace meshhost;
using namespace meshhost::lab::model;

namespace {

lab_record two() {
    lab_record lab;
    lab.name = "lab-7";
    lab.dir = "/tmp/lab-7";
    lab.program = "/usr/bin/meshhost";
    lab.seed = 18446744073709551615u;
    lab.emit = "change";
    lab.sets = {"log.level=debug"};
    lab.host_sets = {"compute-01:log.level=trace"};
    lab.keeper = {41, 900};
    lab_node first;
    first.name = "broker-01";
    first.role = "broker";
    first.tier = "hub";
    first.id = lab_key(7, 0).id().to_hex();
    first.process = {42, 1000};
    first.address = "127.0.0.1:4001";
    first.started_at = time_point(5s);
    lab_node second = first;
    second.name = "compute-01";
    second.role = "compute";
    second.tier = "edge";
    second.id = lab_key(7, 1).id().to_hex();
    second.process = {};
    second.address = "";
    second.ended = "exit 1";
    lab.nodes = {first, second};
    return lab;
}

}  // namespace

TEST_CASE("lab record: what is written is read again", "[lab]") {
    const auto lab = two();
    const auto text = boost::json::serialize(to_json(lab));
    const auto again = read_lab(text, lab.dir);
    REQUIRE(again);
    CHECK(boost::json::serialize(to_json(*again)) == text);
    CHECK(again->seed == lab.seed);
    CHECK(again->keeper == lab.keeper);
    REQUIRE(again->find("broker-01") != nullptr);
    CHECK(again->find("broker-01")->process == process_name{42, 1000});
    CHECK(again->find("nobody") == nullptr);
    CHECK(again->find(relay_name) == nullptr);
}

TEST_CASE("lab record: a relay is one of its processes, and none of its hosts", "[lab]") {
    auto lab = two();
    lab.relay.emplace().name = relay_name;
    CHECK(relay_arguments(lab) == std::vector<std::string>{"--json", "--listen", "127.0.0.1:0"});
    lab.relay_at = "127.0.0.1:3340";
    const auto again = read_lab(boost::json::serialize(to_json(lab)), lab.dir);
    REQUIRE(again);
    REQUIRE(again->find(relay_name) != nullptr);
    CHECK(again->nodes.size() == 2);
    CHECK(relay_arguments(*again).back() == "127.0.0.1:3340");
    config::config_layers layers;
    layers.files.push_back({"host", host_file(*again, again->nodes[1])});
    const auto loaded = config::load_config(layers);
    REQUIRE(loaded.has_value());
    CHECK(loaded->values.relay.urls == std::vector<std::string>{"http://127.0.0.1:3340/"});
    CHECK_FALSE(loaded->values.net.port_mapping);
}

TEST_CASE("lab record: damage is an error, never half a lab", "[lab]") {
    for (const char* text :
         {"",
          "[]",
          "{}",
          R"({"schema":"meshhost.lab/2","nodes":[]})",
          R"({"schema":"meshhost.lab/1","nodes":[]})",
          R"({"schema":"meshhost.lab/1","nodes":[{"name":"a"}]})"}) {
        CAPTURE(text);
        const auto read = read_lab(text, "/tmp/x");
        REQUIRE_FALSE(read);
        CHECK(read.error().code == "E_LAB_DAMAGED");
    }
}

TEST_CASE("host file: it is a configuration that a host accepts", "[lab]") {
    const auto lab = two();
    config::config_layers layers;
    layers.files.push_back({"host", host_file(lab, lab.nodes[1])});
    const auto loaded = config::load_config(layers);
    REQUIRE(loaded.has_value());
    CHECK(loaded->values.node.name == "compute-01");
    CHECK(loaded->values.net.bind == std::vector<std::string>{"127.0.0.1"});
    CHECK(loaded->values.mesh.name == "lab-7");
    CHECK(loaded->values.lab.faults);
    CHECK(loaded->values.introspect.allow == "all");
    CHECK(loaded->values.admin.socket == "/tmp/lab-7/compute-01.sock");
}

TEST_CASE("host file: others are told of the first that runs", "[lab]") {
    const auto lab = two();
    CHECK(contact_for(lab, lab.nodes[1]) == lab_key(7, 0).id().to_hex() + "@127.0.0.1:4001");
    CHECK(contact_for(lab, lab.nodes[0]).empty());  // the other is down
}

TEST_CASE("host file: a preset comes before the host's own file, settings come last", "[lab]") {
    auto lab = two();
    lab.presets = "/usr/share/meshhost/presets";
    CHECK(
        host_arguments(lab, lab.nodes[1])
        == std::vector<
            std::
                string>{"--json", "--config", "/usr/share/meshhost/presets/compute.toml", "--config", "/tmp/lab-7/compute-01/meshhost.toml", "--set", "log.level=debug", "--set", "log.level=trace"}
    );
    CHECK(host_arguments(lab, lab.nodes[0]).back() == "log.level=debug");  // another's is not its
    CHECK(host_file(lab, lab.nodes[1]).find("[plugin") == std::string::npos);
    lab.presets.clear();
    CHECK(host_file(lab, lab.nodes[1]).find("[plugin.compute]") != std::string::npos);
}
