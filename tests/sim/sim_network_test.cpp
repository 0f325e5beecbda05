// SPDX-License-Identifier: Apache-2.0
#include "sim/sim_network.hpp"
#include "support/catch.hpp"

#include <string>

namespace meshhost::sim {
namespace {

/// Two nodes, 20 ms apart, and what they are told, as "at event detail@ms".
class network_fixture final : public network_events {
public:
    network_fixture()
        : settings_(of_two())
        , model_(settings_.links, 7)
        , network_(settings_, 7, model_, schedule_, *this) {
        network_.power_on(0);
        network_.power_on(1);
    }

    void run_until(duration end) {
        while (!schedule_.empty() && schedule_.next_time() <= time_point(end)) {
            const auto next = schedule_.pop();
            now_ = next.at;
            network_.handle(next.event, now_);
        }
        now_ = time_point(end);
    }

    void connect() {
        network_.dial(0, 1, now_);
        run_until(now_.time_since_epoch() + 60ms);
        told_.clear();
    }

    void send(node_index from, node_index to, std::string_view text) {
        network_.send(from, to, proto::shared_bytes::copy_of(as_bytes(text)), now_);
    }

    void cut_off(cut::shape how) {
        model_.add_cut({0, how, {true, false}, 0});
        network_.cuts_changed(now_);
    }

    void join_again() {
        model_.remove_cut(0);
        network_.cuts_changed(now_);
    }

    void lose(double share) { model_.set_loss(share); }

    sim_network& network() { return network_; }
    time_point now() const { return now_; }
    std::int64_t milliseconds() const { return now_.time_since_epoch() / 1ms; }
    std::vector<std::string> told() { return std::exchange(told_, {}); }

    void link_up(node_index at, node_index, proto::link_instance link) override {
        tell(at, "up " + std::to_string(link.value));
    }
    void link_down(node_index at, node_index, proto::link_instance, proto::link_end how) override {
        tell(at, how == proto::link_end::closed ? "closed" : "lost");
    }
    void dial_failed(node_index at, node_index) override { tell(at, "failed"); }
    void frame_arrived(
        node_index at,
        node_index,
        proto::link_instance,
        const proto::shared_bytes& frame
    ) override {
        tell(at, "frame " + std::string(as_text(frame.view())));
    }
    void frame_dropped() override { told_.emplace_back("dropped"); }

private:
    static scenario of_two() {
        scenario two;
        two.nodes = 2;
        two.links = {20ms, 20ms, 0ms, 0};
        two.transport.queue_frames = 3;
        return two;
    }

    void tell(node_index at, const std::string& what) {
        told_.push_back(std::to_string(at) + " " + what + "@" + std::to_string(milliseconds()));
    }

    scenario settings_;
    event_schedule schedule_;
    link_model model_;
    sim_network network_;
    time_point now_;
    std::vector<std::string> told_;
};

using lines = std::vector<std::string>;

TEST_CASE("sim_network: a dial takes one round trip, and the other end half of one more", "[sim]") {
    network_fixture net;
    net.network().dial(0, 1, net.now());
    net.run_until(1s);
    CHECK(net.told() == lines{"0 up 1@40", "1 up 1@60"});
}

TEST_CASE("sim_network: two who dial each other at once share one link", "[sim]") {
    network_fixture net;
    net.network().dial(0, 1, net.now());
    net.network().dial(1, 0, net.now());
    net.run_until(1s);
    CHECK(net.told() == lines{"0 up 1@40", "1 up 1@40"});
}

TEST_CASE("sim_network: frames arrive in order, after the latency", "[sim]") {
    network_fixture net;
    net.connect();
    net.send(0, 1, "a");
    net.send(0, 1, "b");
    net.run_until(1s);
    CHECK(net.told() == lines{"1 frame a@80", "1 frame b@80"});
}

TEST_CASE("sim_network: loss delays, and never reorders", "[sim]") {
    network_fixture net;
    net.connect();
    net.lose(0.5);
    bool was_delayed = false;
    for (int i = 0; i < 50; ++i) {
        for (const auto* frame : {"a", "b", "c"})
            net.send(0, 1, frame);
        const auto prompt = "1 frame a@" + std::to_string(net.milliseconds() + 20);
        net.run_until(net.now().time_since_epoch() + 60s);
        const lines told = net.told();
        REQUIRE(told.size() == 3);
        was_delayed = was_delayed || told[0] != prompt;
        CHECK(told[0].starts_with("1 frame a@"));
        CHECK(told[1].starts_with("1 frame b@"));
        CHECK(told[2].starts_with("1 frame c@"));
    }
    CHECK(was_delayed);
}

TEST_CASE("sim_network: a full queue drops", "[sim]") {
    network_fixture net;
    net.connect();
    for (const auto* frame : {"a", "b", "c", "d"})
        net.send(0, 1, frame);
    CHECK(net.told() == lines{"dropped"});
    net.run_until(1s);
    net.told();
    net.send(0, 1, "e");
    CHECK(net.told().empty());
}

TEST_CASE("sim_network: a close lets what was sent arrive first", "[sim]") {
    network_fixture net;
    net.connect();
    net.send(0, 1, "a");
    net.network().close(0, 1, proto::link_instance(1), net.now());
    net.run_until(1s);
    CHECK(net.told() == lines{"1 frame a@80", "1 closed@80", "0 closed@100"});
}

TEST_CASE("sim_network: a dead peer is noticed within the idle timeout, or at once", "[sim]") {
    network_fixture net;
    net.connect();
    SECTION("by its silence") {
        net.network().power_off(1, detection::idle_timeout, false, net.now());
        net.run_until(9s);
        CHECK(net.told().empty());
        net.run_until(16s);
        REQUIRE(net.told().size() == 1);
    }
    SECTION("at once") {
        net.network().power_off(1, detection::at_once, false, net.now());
        net.run_until(1s);
        CHECK(net.told() == lines{"0 lost@80"});
    }
    SECTION("because it said so") {
        net.network().power_off(1, detection::at_once, true, net.now());
        net.run_until(1s);
        CHECK(net.told() == lines{"0 closed@80"});
    }
}

TEST_CASE("sim_network: a dial to a dead peer fails after the dial timeout", "[sim]") {
    network_fixture net;
    net.network().power_off(1, detection::at_once, false, net.now());
    net.network().dial(0, 1, net.now());
    net.run_until(60s);
    CHECK(net.told() == lines{"0 failed@10000"});
}

TEST_CASE("sim_network: a dial is tried again when the peer comes back in time", "[sim]") {
    network_fixture net;
    net.network().power_off(1, detection::at_once, false, net.now());
    net.network().dial(0, 1, net.now());
    net.run_until(2s);
    net.network().power_on(1);
    net.run_until(60s);
    CHECK(net.told() == lines{"0 up 1@3040", "1 up 1@3060"});
}

TEST_CASE("sim_network: who starts anew replaces the link that the other end still has", "[sim]") {
    network_fixture net;
    net.connect();
    net.network().power_off(1, detection::idle_timeout, false, net.now());
    net.network().power_on(1);
    net.network().dial(1, 0, net.now());
    net.run_until(60s);
    CHECK(net.told() == lines{"1 up 2@100", "0 up 2@120"});
}

TEST_CASE("sim_network: a short cut delays what was sent, a long one ends the link", "[sim]") {
    network_fixture net;
    net.connect();
    net.cut_off(cut::shape::halves);
    net.send(0, 1, "a");
    SECTION("short") {
        net.run_until(5s);
        net.join_again();
        net.run_until(60s);
        const lines told = net.told();
        REQUIRE(told.size() == 1);
        CHECK(told[0].starts_with("1 frame a@"));
    }
    SECTION("long") {
        net.run_until(20s);
        net.join_again();
        net.run_until(60s);
        const lines told = net.told();
        REQUIRE(told.size() == 2);
        CHECK(told[0].find("lost") != std::string::npos);
        CHECK(told[1].find("lost") != std::string::npos);
    }
}

TEST_CASE(
    "sim_network: over a link with one dead direction, the deaf end gives up first",
    "[sim]"
) {
    network_fixture net;
    net.connect();
    net.cut_off(cut::shape::one_way_halves);  // 1 does not hear 0
    net.send(1, 0, "still heard");
    net.run_until(60s);
    const lines told = net.told();
    REQUIRE(told.size() == 3);
    CHECK(told[0] == "0 frame still heard@80");
    CHECK(told[1].starts_with("1 lost"));
    CHECK(told[2].starts_with("0 lost"));
}

TEST_CASE("sim_network: a slow reader is given no more than it reads", "[sim]") {
    network_fixture net;
    net.connect();
    net.network().set_reading_speed(1, 1);
    net.send(0, 1, "ab");
    net.send(0, 1, "c");
    net.run_until(60s);
    CHECK(net.told() == lines{"1 frame ab@2080", "1 frame c@3080"});
}

}  // namespace
}  // namespace meshhost::sim
