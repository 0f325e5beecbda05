// SPDX-License-Identifier: Apache-2.0
#pragma once
// Passes on what other hosts exported through this one, as they encoded it.
#include "base/backoff.hpp"
#include "net/deadline_timer.hpp"
#include "otlp/span_channel.hpp"

#include <cstdint>
#include <deque>
#include <memory>
#include <string>

namespace meshhost::otlp {

/// One thread: the shard's, which outlives it. Destroying it drops what waits.
class batch_relay final : private net::deadline_sink {
public:
    static constexpr std::size_t batches_max = 256;
    static constexpr std::size_t bytes_max = 4u << 20;
    static constexpr std::size_t batch_bytes_max = 64u << 10;
    static constexpr unsigned tries_max = 8;  ///< some minutes; then it is in the way of others

    batch_relay(net::shard& shard, std::unique_ptr<span_channel> to, std::uint64_t seed);

    /// false: there is no room, or the batch is too large. Nothing of it is read.
    bool take(std::string batch);

    std::uint64_t passed_on() const noexcept { return passed_on_; }
    std::uint64_t dropped() const noexcept { return dropped_; }
    std::size_t waiting() const noexcept { return waiting_.size(); }

    /// For the audit.
    static constexpr std::size_t timers = 1;
    std::size_t descriptors() const noexcept { return to_->descriptors(); }
    std::size_t threads() const noexcept { return to_->threads(); }

private:
    void on_deadline(time_point now) override;
    void send();
    void on_answer(const outcome<http::post_answer>& answer);

    net::shard& shard_;
    std::unique_ptr<span_channel> to_;
    net::deadline_timer timer_;
    backoff retry_;
    prng random_;
    std::deque<std::string> waiting_;  ///< the first is under way, or to be sent again
    std::size_t bytes_ = 0;
    bool is_under_way_ = false;
    unsigned tries_ = 0;  ///< of the first
    std::uint64_t passed_on_ = 0;
    std::uint64_t dropped_ = 0;  ///< the collector took none of a batch
};

}  // namespace meshhost::otlp
