// SPDX-License-Identifier: Apache-2.0
#pragma once
// A gossip_service that does as gossip_test.py says. The verbs, which the iroh-gossip peer beside
// it has, too:
//
//   know   id, addresses: where somebody may be
//   join   topic, peers: subscribes, and finds the topic through peers (ids)
//   leave  topic
//   burst  topic, prefix, count: broadcasts "prefix 0", "prefix 1", ..., some 2,000 a second
//   tally  topic → neighbors, received, distinct (texts by prefix), lagged
//   pulse  topic, name, every_ms, phase_ms, count, bytes: broadcasts on a clock; see pulse.hpp
//   latencies  topic → us: how long each pulse heard since the last time was under way
//   probe  (ours alone) topic → counters of the machines and what the service holds
#include "gossip/gossip_service.hpp"
#include "interop/command_reader.hpp"
#include "interop/pulse.hpp"
#include "net/deadline_timer.hpp"

#include <deque>
#include <map>
#include <set>

namespace meshhost::interop {

/// One thread: the shard's; shard and service outlive it.
class gossip_console final : private command_sink,
                             private gossip::gossip_subscriber,
                             private pulse_sink,
                             private net::deadline_sink {
public:
    gossip_console(net::shard& shard, gossip::gossip_service& service);

private:
    struct tally {
        std::shared_ptr<gossip::subscription> held;
        std::set<std::string> neighbors;
        std::set<std::string> texts;
        std::uint64_t received = 0;
        std::uint64_t lagged = 0;
        std::vector<std::int64_t> latencies_us;
    };
    struct burst {
        std::int64_t call;
        identity::topic_id topic;
        std::string prefix;
        std::uint64_t next = 0;
        std::uint64_t count = 0;
    };

    void on_command(std::int64_t call, const boost::json::object& command) override;
    void on_gossip_ready(gossip::subscription& from) override;
    void on_deadline(time_point now) override;
    void on_pulse_end(std::int64_t call) override;

    boost::json::object obey(std::int64_t call, const boost::json::object& command);
    boost::json::object know(const boost::json::object& command);
    boost::json::object join(const boost::json::object& command);
    boost::json::object leave(const boost::json::object& command);
    void start_pulse(std::int64_t call, const boost::json::object& command);
    boost::json::object tell_latencies(const boost::json::object& command);
    boost::json::object tell_tally(const boost::json::object& command) const;
    boost::json::object tell_probe(const boost::json::object& command) const;

    net::shard& shard_;
    gossip::gossip_service& service_;
    std::map<identity::endpoint_id, identity::endpoint_addr> known_;
    std::map<identity::topic_id, tally> topics_;
    std::deque<burst> bursts_;
    std::map<std::int64_t, pulse> pulses_;  ///< by call
    net::deadline_timer timer_;
    command_reader input_;
};

}  // namespace meshhost::interop
