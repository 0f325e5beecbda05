// SPDX-License-Identifier: Apache-2.0
#pragma once
// Whether a router leads what is sent to our own outer address back to us (RFC 4787 §6). Two
// sockets send to each other's outer address, so that no filter stands between them: what arrives
// at either of them tells. Shape: an operation.
#include "base/time.hpp"
#include "nat/proto/nat_behaviour.hpp"
#include "nat/proto/stun_message.hpp"

#include <optional>

namespace meshhost::nat::proto {

class hairpin_check {
public:
    /// What both sockets send, to whom: the next time is due at next_deadline().
    struct round {
        byte_buffer message;
        ip_endpoint from_main_to;
        ip_endpoint from_second_to;
    };

    /// `id` as hard to guess as any other.
    hairpin_check(
        const stun_transaction_id& id,
        const ip_endpoint& main,
        const ip_endpoint& second
    );

    /// What to send now; nullopt: nothing. Call it at once, and at each deadline.
    std::optional<round> next(time_point now);
    /// A STUN request that came to either socket. True: it is ours, and the answer is yes.
    bool handle(bytes_view datagram);

    bool is_over() const noexcept { return is_over_; }
    finding result() const noexcept { return result_; }
    time_point next_deadline() const noexcept { return is_over_ ? no_deadline : due_; }

private:
    stun_transaction_id id_;
    ip_endpoint main_;
    ip_endpoint second_;
    finding result_ = finding::unknown;
    int sent_ = 0;
    time_point due_{};
    bool is_over_ = false;
};

}  // namespace meshhost::nat::proto
