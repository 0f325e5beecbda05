// SPDX-License-Identifier: Apache-2.0
// Our side of the interop tests of local discovery: a source without an endpoint below it, told
// what to do by mdns_test.py.
//   advertise  hosts, port [, relay]: from now on it is found there
#include "discovery/mdns_source.hpp"
#include "identity/secret_key.hpp"
#include "interop/command_reader.hpp"
#include "net/shard.hpp"

#include <boost/json/array.hpp>

#include <cstdio>
#include <random>

using namespace meshhost;

namespace {

boost::json::array texts(const std::vector<ip_endpoint>& endpoints) {
    boost::json::array made;
    for (const ip_endpoint& one : endpoints)
        made.emplace_back(one.to_string());
    return made;
}

class reporter final : public discovery::discovery_sink {
public:
    void on_found(const identity::endpoint_addr& found, discovery::provenance) override {
        boost::json::array relays;
        for (const std::string& url : found.relays)
            relays.emplace_back(url);
        interop::say(
            {{"event", "found"},
             {"peer", found.id.to_hex()},
             {"addresses", texts(found.direct)},
             {"relays", std::move(relays)}}
        );
    }
    void on_lost(const identity::endpoint_id& lost, discovery::provenance) override {
        interop::say({{"event", "lost"}, {"peer", lost.to_hex()}});
    }
};

class obeyer final : public interop::command_sink {
public:
    obeyer(discovery::mdns_source& source, identity::endpoint_id self)
        : source_(source)
        , self_(self) {}

    void on_command(std::int64_t call, const boost::json::object& command) override {
        identity::endpoint_addr self;
        self.id = self_;
        const auto port = std::to_string(command.at("port").as_int64());
        for (const auto& host : command.at("hosts").as_array()) {
            const std::string text(host.as_string());
            const bool is_v6 = text.find(':') != std::string::npos;
            const auto address = ip_endpoint::parse((is_v6 ? "[" + text + "]" : text) + ":" + port);
            if (address) self.direct.push_back(*address);
        }
        if (const auto* relay = command.if_contains("relay"))
            self.relays.emplace_back(relay->as_string());
        source_.announce(std::move(self));
        interop::say({{"answer", call}});
    }

private:
    discovery::mdns_source& source_;
    identity::endpoint_id self_;
};

}  // namespace

int main() {
    net::shard shard;
    reporter sink;
    discovery::mdns_options options;
    options.self = identity::secret_key::generate().id();
    options.seed = std::random_device()();
    const auto self = options.self;
    auto source = discovery::mdns_source::open(shard, sink, std::move(options));
    if (!source) {
        std::fprintf(stderr, "%s\n", source.error().message.c_str());
        return static_cast<int>(source.error().exit);
    }
    obeyer commands(**source, self);
    interop::say({{"event", "ready"}, {"id", self.to_hex()}, {"sockets", boost::json::array{}}});
    interop::command_reader input(shard, commands);
    shard.run();
    return 0;
}
