// SPDX-License-Identifier: Apache-2.0
#pragma once
// Somebody who says something of a fixed size on a clock of its own, and how long it took others to
// hear it. The text of a message: its name, its number, when it was sent (Unix nanoseconds, so that
// processes of one machine can compare), and letters up to the size, which no compressor likes.
#include "base/prng.hpp"
#include "gossip/gossip_service.hpp"
#include "net/deadline_timer.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace meshhost::interop {

struct pulse_plan {
    identity::topic_id topic;
    std::string name;
    duration every{};
    duration phase{};  ///< until the first
    std::uint64_t count = 0;
    std::size_t size = 0;  ///< bytes of a message
};

class pulse_sink {
public:
    /// The last one is sent; the pulse may be destroyed from here on.
    virtual void on_pulse_end(std::int64_t call) = 0;

protected:
    ~pulse_sink() = default;
};

/// One thread: the shard's; shard, service and sink outlive it.
class pulse final : private net::deadline_sink {
public:
    pulse(
        net::shard& shard,
        gossip::gossip_service& service,
        pulse_sink& sink,
        std::int64_t call,
        pulse_plan plan
    );

private:
    void on_deadline(time_point now) override;
    std::string text();

    gossip::gossip_service& service_;
    pulse_sink& sink_;
    std::int64_t call_;
    pulse_plan plan_;
    prng random_;
    std::uint64_t next_ = 0;
    time_point due_;
    net::deadline_timer timer_;
};

/// How long a pulse's message has been under way; nullopt for any other text.
std::optional<std::chrono::microseconds> travelled(std::string_view text);

}  // namespace meshhost::interop
