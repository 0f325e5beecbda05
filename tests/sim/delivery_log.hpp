// SPDX-License-Identifier: Apache-2.0
#pragma once
// What became of every broadcast: who had it when, over how many hops, and at how many copies.
#include "base/bytes.hpp"
#include "base/time.hpp"
#include "sim/overlay.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

namespace meshhost::sim {

/// A broadcast's number, in the first eight bytes of its content.
using message_number = std::uint64_t;

byte_buffer content_of(message_number number, std::size_t size);
/// nullopt for a content that is none of ours.
std::optional<message_number> number_in(bytes_view content);

/// One broadcast, when it has been judged.
struct message_outcome {
    std::uint32_t series = 0;
    std::uint32_t round = 0;
    std::uint32_t receivers = 0;  ///< live from the sending to the judging, the sender not counted
    std::uint32_t delivered = 0;  ///< of those
    std::uint64_t payloads = 0;   ///< copies received, by anybody
    std::uint32_t last_hop = 0;
    duration last_after{};
};

class delivery_log {
public:
    explicit delivery_log(std::size_t nodes)
        : nodes_(nodes) {}

    message_number sent(std::uint32_t series, std::uint32_t round, node_index by, time_point now);

    /// A copy of it arrived somewhere.
    void payload(message_number number);

    /// A node's application has it. False: it had it before.
    bool delivered(message_number number, node_index to, std::uint32_t hops, time_point now);

    /// The node starts anew and may be told everything again.
    void forget(node_index node);

    /// Settles the account of one broadcast. `counts(node)` says who should have it.
    template <class Predicate>
    void judge(message_number number, Predicate counts) {
        open_message* message = find(number);
        for (node_index node = 0; node < nodes_; ++node) {
            if (node == message->sender || !counts(node, message->at)) continue;
            ++message->outcome.receivers;
            message->outcome.delivered += message->reached[node] ? 1 : 0;
        }
        close(*message);
    }

    const std::vector<message_outcome>& outcomes() const noexcept { return outcomes_; }
    /// How long each delivery of a series took, in milliseconds and in no order.
    /// Precondition: something was sent in the series.
    const std::vector<float>& delays_ms(std::uint32_t series) const { return delays_.at(series); }

private:
    struct open_message {
        message_number number = 0;
        node_index sender = 0;
        time_point at;
        message_outcome outcome;
        std::vector<bool> reached;
        bool judged = false;
    };

    open_message* find(message_number number);
    void close(open_message& message);

    std::size_t nodes_;
    message_number next_ = 0;
    std::deque<open_message> open_;  ///< numbers are consecutive
    std::vector<message_outcome> outcomes_;
    std::vector<std::vector<float>> delays_;  ///< by series
};

}  // namespace meshhost::sim
