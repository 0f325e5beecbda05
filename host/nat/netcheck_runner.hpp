// SPDX-License-Identifier: Apache-2.0
#pragma once
// Runs one proto::netcheck on fresh sockets of its own.
#include "base/error.hpp"
#include "base/log.hpp"
#include "nat/proto/netcheck.hpp"

#include <memory>

namespace meshhost::net {
class shard;
}  // namespace meshhost::net

namespace meshhost::nat {

class report_sink {
public:
    /// Once, never from inside start() or a note. May destroy the runner.
    virtual void on_net_report(const proto::net_report& report) = 0;

protected:
    ~report_sink() = default;
};

/// Lifecycle: start() → notes, where the plan awaits any → on_net_report(). Destroying it before
/// ends it without. One thread: the shard's. `shard` and `sink` outlive it. Four sockets.
class netcheck_runner {
public:
    /// With a plan without local addresses those of the interfaces are taken. Errors: E_BIND and
    /// its kin, when there is no socket of either family.
    static outcome<std::unique_ptr<netcheck_runner>> start(
        net::shard& shard,
        report_sink& sink,
        proto::netcheck_plan plan,
        logger log
    );
    netcheck_runner(const netcheck_runner&) = delete;
    netcheck_runner& operator=(const netcheck_runner&) = delete;
    ~netcheck_runner();

    void note_relay(proto::relay_latency relay);
    void note_captive_portal(proto::finding found);
    void note_port_mapping(const proto::port_mapping_kinds& kinds);

private:
    class state;
    explicit netcheck_runner(std::unique_ptr<state> made);
    std::unique_ptr<state> state_;
};

}  // namespace meshhost::nat
