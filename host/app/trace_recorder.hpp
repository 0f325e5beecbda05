// SPDX-License-Identifier: Apache-2.0
#pragma once
// Follows some of the messages that go over the gossip: at their origin a span
// mesh.gossip.publish, at every host that hears one mesh.gossip.deliver, the child of the host that
// it came from.
#include "base/prng.hpp"
#include "gossip/message_tracer.hpp"
#include "identity/endpoint_id.hpp"
#include "net/shard.hpp"
#include "telemetry/anomaly_watch.hpp"
#include "telemetry/histogram.hpp"
#include "telemetry/span_ring.hpp"
#include "wire/trace_context.hpp"

#include <functional>
#include <optional>
#include <string>

namespace meshhost::app {

struct trace_options {
    std::uint64_t one_in = 1024;  ///< messages of this host; 0: none but those that are asked for
    unsigned per_second_max = 5;  ///< of those
    std::uint64_t seed = 1;
    identity::endpoint_id self;
    /// A topic in words; empty: nobody has any.
    std::function<std::string(const identity::topic_id&)> name_of;
    std::function<void(const telemetry::span&)> on_span = {};  ///< empty: nothing is exported
    /// One came much later than others do; may be empty.
    std::function<void(const gossip::proto::message_output&)> on_late = {};
};

/// One thread: the shard's, which outlives it.
class trace_recorder final : public gossip::message_tracer {
public:
    static constexpr std::size_t spans_max = 512;
    /// Of others' messages: somebody who has all of its own followed takes no more from us.
    static constexpr unsigned deliveries_per_second = 50;

    trace_recorder(const net::shard& shard, trace_options options);

    /// Of the messages that chance chooses, so many are followed: 0..1.
    void set_factor(double factor) noexcept { factor_ = factor; }
    /// The next message of this host is followed, whatever chance says.
    void follow_next() noexcept { is_next_ = true; }
    /// Of the last message of this host that was followed.
    const telemetry::trace_id& last() const noexcept { return last_; }

    const telemetry::span_ring& spans() const noexcept { return spans_; }
    /// How many hosts every message passed before it came here, followed or not.
    const telemetry::histogram& hops() const noexcept { return hops_; }

    /// How long messages that were announced took to come.
    const telemetry::histogram& waits() const noexcept { return waits_.waits(); }

    byte_buffer on_broadcast(const identity::topic_id& topic, bytes_view content) override;
    void on_sent() override;
    void on_delivery(const gossip::proto::message_output& message) override;

private:
    bool chooses(time_point now);
    void follow(const gossip::proto::message_output& message, const wire::trace_context& context);
    telemetry::span begun(const char* name, const identity::topic_id& topic, std::size_t size);
    void keep(telemetry::span finished);

    const net::shard& shard_;
    trace_options options_;
    prng random_;
    double factor_ = 1;
    telemetry::span_ring spans_{spans_max};
    telemetry::histogram hops_{{0, 1, 2, 3, 4, 5, 6, 8, 10, 15}};
    telemetry::delivery_watch waits_;
    telemetry::trace_id last_{};
    /// So many in a second, and no more.
    class allowance {
    public:
        bool takes(time_point now, unsigned most);

    private:
        time_point second_{};
        unsigned taken_ = 0;
    };

    bool is_next_ = false;
    std::optional<telemetry::span> unsent_;
    allowance chosen_;
    allowance delivered_;
};

}  // namespace meshhost::app
