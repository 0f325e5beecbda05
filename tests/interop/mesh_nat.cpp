// SPDX-License-Identifier: Apache-2.0
// Our side of the interop tests of reachability: a net report, or a forwarded port, as lines of
// JSON for nat_test.py.
//   mesh_nat report SERVER...   asks STUN servers and says what came of it
//   mesh_nat forward PORT       says where it is forwarded from, until its input ends
#include "interop/command_reader.hpp"
#include "nat/netcheck_runner.hpp"
#include "nat/port_forwarder.hpp"
#include "net/shard.hpp"

#include <boost/json/array.hpp>

#include <cstdio>
#include <cstdlib>
#include <random>
#include <string_view>

using namespace meshhost;

namespace {

class report_printer final : public nat::report_sink {
public:
    explicit report_printer(net::shard& shard)
        : shard_(shard) {}

    void on_net_report(const nat::proto::net_report& report) override {
        const auto& v4 = report.v4;
        boost::json::array seen;
        for (const ip_endpoint& one : v4.seen)
            seen.emplace_back(one.to_string());
        interop::say(
            {{"event", "report"},
             {"udp", to_string(v4.udp)},
             {"seen", std::move(seen)},
             {"mapping", to_string(v4.mapping)},
             {"filtering", to_string(v4.filtering)},
             {"hairpin", to_string(v4.hairpin)},
             {"grade", to_string(report.grade())},
             {"answered", v4.servers_answered}}
        );
        shard_.stop();
    }

private:
    net::shard& shard_;
};

class forward_printer final : public nat::forward_sink {
public:
    void on_forwarded(const std::optional<ip_endpoint>& outer) override {
        interop::say({{"event", "forwarded"}, {"outer", outer ? outer->to_string() : ""}});
    }
    void on_mapping_kinds(const nat::proto::port_mapping_kinds& kinds) override {
        interop::say(
            {{"event", "kinds"},
             {"pcp", to_string(kinds.pcp)},
             {"nat_pmp", to_string(kinds.nat_pmp)},
             {"upnp", to_string(kinds.upnp)}}
        );
    }
};

/// Nothing is asked of it while it runs: the end of the input ends it.
struct silent final : interop::command_sink {
    void on_command(std::int64_t call, const boost::json::object&) override {
        interop::say({{"answer", call}});
    }
};

int report(net::shard& shard, char** first, char** last) {
    report_printer printer(shard);
    nat::proto::netcheck_plan plan;
    for (; first != last; ++first)
        if (const auto server = ip_endpoint::parse(*first)) plan.servers.push_back(*server);
    const auto runner = nat::netcheck_runner::start(shard, printer, std::move(plan), {});
    if (!runner) {
        std::fprintf(stderr, "%s\n", runner.error().message.c_str());
        return 1;
    }
    shard.run();
    return 0;
}

int forward(net::shard& shard, const char* port) {
    forward_printer printer;
    nat::forward_options options;
    options.seed = std::random_device()();
    nat::port_forwarder forwarder(shard, printer, std::move(options));
    forwarder.forward(static_cast<std::uint16_t>(std::strtoul(port, nullptr, 10)));
    silent commands;
    interop::command_reader input(shard, commands);
    shard.run();
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    const std::string_view verb = argc > 2 ? argv[1] : "";
    net::shard shard;
    interop::say({{"event", "ready"}, {"id", ""}, {"sockets", boost::json::array{}}});
    if (verb == "report") return report(shard, argv + 2, argv + argc);
    if (verb == "forward") return forward(shard, argv[2]);
    std::fprintf(stderr, "usage: mesh_nat report SERVER... | forward PORT\n");
    return 2;
}
