// SPDX-License-Identifier: Apache-2.0
// Hosts on a network that loses some of what is said, on a virtual clock.
#include "discovery/proto/lan_discovery.hpp"
#include "identity/secret_key.hpp"
#include "support/catch.hpp"

#include <memory>
#include <set>

using namespace meshhost;
using namespace meshhost::discovery::proto;
using identity::endpoint_addr;
using identity::endpoint_id;

namespace {

const time_point start{1h};

endpoint_addr host_addr(std::uint8_t number) {
    endpoint_addr made;
    made.id = identity::secret_key::generate().id();
    made.direct = {ip_endpoint::v4({10, 0, 0, number}, 4433)};
    return made;
}

struct host {
    host(std::uint8_t number, std::uint64_t seed)
        : self(host_addr(number))
        , machine(self.id, seed) {
        machine.set_answers(true, start);
    }

    endpoint_addr self;
    lan_discovery machine;
    std::set<endpoint_id> known;
    bool is_there = true;
};

/// One link: everybody hears everybody, and himself.
class lan {
public:
    lan(std::size_t hosts, double loss, std::uint64_t seed)
        : random_(seed)
        , loss_(loss) {
        for (std::size_t i = 0; i < hosts; ++i)
            all.push_back(std::make_unique<host>(static_cast<std::uint8_t>(i + 1), random_.next()));
    }

    void run_until(time_point end) {
        while (true) {
            host* next = nullptr;
            for (auto& one : all) {
                if (!one->is_there) continue;
                if (next == nullptr || one->machine.next_deadline() < next->machine.next_deadline())
                    next = one.get();
            }
            if (next == nullptr || next->machine.next_deadline() > end) break;
            now = std::max(now, next->machine.next_deadline());
            next->machine.handle_deadline(now);
            drain(*next);
        }
        now = end;
    }

    void drain(host& from) {
        while (const auto output = from.machine.poll_output()) {
            switch (output->kind) {
            case lan_output::what::ask:
                ++questions;
                say(encode_local_query());
                break;
            case lan_output::what::answer:
                ++answers;
                say(*encode_local_response(from.self));
                break;
            case lan_output::what::found:
                from.known.insert(output->endpoint.id);
                break;
            case lan_output::what::lost:
                from.known.erase(output->endpoint.id);
                break;
            }
        }
        from.machine.check_invariants();
    }

    void say(const byte_buffer& message) {
        for (auto& one : all) {
            if (!one->is_there || random_.chance(loss_)) continue;
            one->machine.handle(message, families::v4, false, now);
            drain(*one);
        }
    }

    bool all_know_all() const {
        for (const auto& one : all)
            if (one->known.size() != all.size() - 1) return false;
        return true;
    }

    std::vector<std::unique_ptr<host>> all;
    time_point now = start;
    std::size_t questions = 0;
    std::size_t answers = 0;

private:
    prng random_;
    double loss_;
};

}  // namespace

TEST_CASE("lan discovery: two find each other within a moment", "[discovery]") {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        lan net(2, 0, seed);
        net.run_until(start + 2s);
        CHECK(net.all_know_all());
    }
}

TEST_CASE("lan discovery: twenty find each other under loss", "[discovery]") {
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
        lan net(20, 0.1, seed);
        net.run_until(start + 60s);
        CHECK(net.all_know_all());
        net.run_until(start + 30min);
        CHECK(net.all_know_all());
    }
}

TEST_CASE("lan discovery: what is said does not grow with who is there", "[discovery]") {
    const auto rate = [](std::size_t hosts) {
        lan net(hosts, 0, 1);
        net.run_until(start + 5min);
        net.questions = net.answers = 0;
        net.run_until(start + 15min);
        return net.questions + net.answers;
    };
    const auto few = rate(3);
    CHECK(few <= 600u / 10 * 4);  // a question every ten seconds, and two answers
    CHECK(rate(30) <= 2 * few);
}

TEST_CASE("lan discovery: who leaves is lost, who comes back is found", "[discovery]") {
    lan net(3, 0, 5);
    net.run_until(start + 10s);
    REQUIRE(net.all_know_all());
    net.all[0]->is_there = false;
    net.run_until(start + 10min);
    CHECK(net.all[1]->known == std::set{net.all[2]->self.id});
    net.all[0]->is_there = true;
    net.all[0]->machine.handle_network_change(net.now);
    net.run_until(net.now + 15s);
    CHECK(net.all[1]->known.size() == 2);
}

TEST_CASE("lan discovery: a newcomer is found at once on a network long quiet", "[discovery]") {
    lan net(5, 0, 9);
    net.all[4]->is_there = false;
    net.run_until(start + 1h);
    net.all[4]->is_there = true;
    net.all[4]->machine.handle_network_change(net.now);
    net.run_until(net.now + 10s);
    CHECK(net.all_know_all());
}

TEST_CASE("lan discovery: other addresses are told, the same ones are not", "[discovery]") {
    lan_discovery machine(host_addr(1).id, 1);
    endpoint_addr other = host_addr(2);
    const auto found = [&] {
        std::size_t count = 0;
        while (const auto output = machine.poll_output())
            count += output->kind == lan_output::what::found ? 1 : 0;
        return count;
    };
    machine.handle(*encode_local_response(other), families::v4, false, start);
    CHECK(found() == 1);
    machine.handle(*encode_local_response(other), families::v4, false, start + 1s);
    CHECK(found() == 0);
    other.direct[0].port = 5000;
    machine.handle(*encode_local_response(other), families::v4, false, start + 2s);
    CHECK(found() == 1);
}

TEST_CASE("lan discovery: one does not find oneself", "[discovery]") {
    const endpoint_addr self = host_addr(1);
    lan_discovery machine(self.id, 1);
    machine.handle(*encode_local_response(self), families::v4, true, start);
    machine.check_invariants();
    CHECK(machine.known() == 0);
}

TEST_CASE("lan discovery: a flood of made-up endpoints fills a table and no more", "[discovery]") {
    const lan_config config;
    lan_discovery machine(host_addr(1).id, 1, config);
    time_point now = start;
    for (std::size_t i = 0; i < 4 * config.endpoints_max; ++i) {
        machine.handle(*encode_local_response(host_addr(2)), families::v4, false, now += 50ms);
        machine.check_invariants();
    }
    CHECK(machine.known() == config.endpoints_max);
    CHECK(machine.counts().dropped > 0);
}

TEST_CASE("lan discovery: a flood of questions is answered a few times a second", "[discovery]") {
    lan_discovery machine(host_addr(1).id, 1);
    machine.set_answers(true, start);
    time_point now = start;
    std::size_t answers = 0;
    for (int i = 0; i < 100'000; ++i) {
        now += 100us;
        machine.handle(encode_local_query(), families::v4, false, now);
        if (machine.next_deadline() <= now) machine.handle_deadline(now);
        while (const auto output = machine.poll_output())
            answers += output->kind == lan_output::what::answer ? 1 : 0;
    }
    CHECK(answers <= 41);  // ten seconds
    CHECK(answers >= 1);
    CHECK(machine.counts().dropped > 90'000);
}

TEST_CASE("lan discovery: who has nothing to say asks and stays silent", "[discovery]") {
    lan_discovery machine(host_addr(1).id, 1);
    machine.handle_deadline(start);
    time_point now = start;
    for (int i = 0; i < 200; ++i) {
        machine.handle(encode_local_query(), families::v6, false, now);
        now = std::max(now, machine.next_deadline());
        machine.handle_deadline(now);
        while (const auto output = machine.poll_output())
            CHECK(output->kind == lan_output::what::ask);
    }
    CHECK(machine.counts().answered == 0);
}

TEST_CASE("lan discovery: the same seed does the same", "[discovery]") {
    const endpoint_id self = host_addr(1).id;
    lan_discovery one(self, 42);
    lan_discovery other(self, 42);
    time_point now = start;
    for (int i = 0; i < 100; ++i) {
        one.handle_deadline(now);
        other.handle_deadline(now);
        REQUIRE(one.next_deadline() == other.next_deadline());
        now = one.next_deadline();
    }
}
