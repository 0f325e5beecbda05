// SPDX-License-Identifier: Apache-2.0
#pragma once
// Questions to STUN servers and who answered what: retransmission (RFC 8489 §6.2.1), and belief in
// nothing but the answer to a question, from where it was asked. Shape: a machine.
#include "base/time.hpp"
#include "nat/proto/stun_message.hpp"

#include <cstdint>
#include <deque>
#include <map>

namespace meshhost::nat::proto {

/// The first wait, which doubles with each of `sends`, and the last one in first waits. The
/// defaults are the RFC's: 39.5 s until a server counts as silent.
struct stun_pace {
    duration wait = 500ms;
    int sends = 7;
    int last_waits = 16;

    /// Whoever waits for the result: silent after 2 s.
    static constexpr stun_pace hasty() noexcept { return {200ms, 4, 3}; }
};

struct stun_question {
    ip_endpoint server;
    bool change_ip = false;    ///< the answer is to come from another address (RFC 5780 §4.4)
    bool change_port = false;  ///< and from another port
};

/// Names a question that was asked; never 0, and not used again for a long time.
using stun_ticket = std::uint32_t;

enum class stun_failure : std::uint8_t {
    silent,       ///< no answer, however often it was asked
    refused,      ///< nobody listens there
    error,        ///< an answer with an error: what it asks for is not followed (ALTERNATE-SERVER)
    not_changed,  ///< answered, but from where it was asked and not from elsewhere
};

/// "silent".
const char* to_string(stun_failure why) noexcept;

struct stun_output {
    enum class what : std::uint8_t { send, answered, failed };
    what kind = what::send;
    stun_ticket ticket = 0;
    ip_endpoint server;                       ///< the one asked: `message` goes there
    byte_buffer message;                      ///< of send
    stun_answer answer;                       ///< of answered, and of failed by error
    std::optional<duration> round_trip;       ///< of answered, unless it was asked twice
    stun_failure why = stun_failure::silent;  ///< of failed
};

struct stun_counts {
    std::uint64_t asked = 0;     ///< questions
    std::uint64_t sent = 0;      ///< requests
    std::uint64_t answered = 0;  ///< questions
    std::uint64_t ignored = 0;   ///< answers to nothing, from elsewhere, or that cannot be read
    std::uint64_t dropped = 0;   ///< requests beyond what may wait to be sent
};

/// Lifecycle: ask(), handle() and handle_deadline(), each followed by poll_output() until there is
/// none. One thread. Bounded: questions_max questions, outputs_max outputs.
class stun_client {
public:
    static constexpr std::size_t questions_max = 64;
    static constexpr std::size_t outputs_max = 256;

    /// `secret`: at least 16 bytes that nobody else knows, and of no other client; the ids of the
    /// questions come of it.
    explicit stun_client(bytes_view secret, const stun_pace& pace = {});

    /// nullopt when too much is under way already.
    std::optional<stun_ticket> ask(const stun_question& question, time_point now);
    /// Nothing comes of it any more. One that is over is fine.
    void cancel(stun_ticket ticket);

    /// A datagram that looks_like_stun(). False: it answers nothing of ours.
    bool handle(bytes_view datagram, const ip_endpoint& from, time_point now);
    /// The network says that nobody listens at `server`.
    void handle_refused(const ip_endpoint& server);
    void handle_deadline(time_point now);

    std::optional<stun_output> poll_output();
    time_point next_deadline() const noexcept;

    std::size_t under_way() const noexcept { return pending_.size(); }
    const stun_counts& counts() const noexcept { return counts_; }
    /// Asserts what must hold between calls.
    void check_invariants() const;

private:
    struct pending {
        stun_ticket ticket = 0;
        stun_question question;
        time_point sent_at{};
        time_point due{};
        duration wait{};
        int sends = 0;
    };
    using table = std::map<stun_transaction_id, pending>;

    stun_transaction_id new_id();
    void send(const stun_transaction_id& id, pending& what, time_point now);
    void end(table::iterator at, stun_output how);

    byte_buffer secret_;
    stun_pace pace_;
    std::uint64_t drawn_ = 0;
    stun_ticket last_ticket_ = 0;
    table pending_;
    std::deque<stun_output> outputs_;
    stun_counts counts_;
};

}  // namespace meshhost::nat::proto
