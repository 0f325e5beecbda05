// SPDX-License-Identifier: Apache-2.0
#pragma once
// Notices that a peer has gone silent, or that nobody listens where it was: when to send a PING,
// and when what did not come back is enough to give the connection up. Pure: time is passed in,
// pings are asked for and counted by the connection that owns it.
#include "base/prng.hpp"
#include "base/time.hpp"

#include <cstdint>

namespace meshhost::quic {

struct liveness_terms {
    duration ping_every = 4s;         ///< silence after which the peer is asked, ± a little
    duration answer_within = 1500ms;  ///< silence after the question that ends the connection
};

/// One connection's. Nothing is watched, and no deadline set, until watch() or probe().
class liveness {
public:
    enum class verdict : std::uint8_t {
        alive,    ///< or not known yet
        silent,   ///< it was asked and did not answer
        refused,  ///< its host says, again and again, that nobody listens at its port
    };

    /// `is_first`: of the two ends, this one asks first. One exchange serves both, and who was
    /// asked asks next: an end that only ever acknowledged would ask in between (ngtcp2 sends a
    /// PING among its acknowledgements, so as not to remember them for good).
    liveness(bool is_first, prng random)
        : is_next_(is_first)
        , random_(random) {}

    /// From now on it is asked whenever it was silent for terms.ping_every.
    void watch(const liveness_terms& terms, time_point now);
    /// Asks now, unless a question is under way, and waits for the answer for 0.6 s at most, or
    /// as long as it may take on this path. No answer ends an unwatched connection, too.
    void probe(time_point now);
    /// A packet of the peer came that nobody else could have made.
    void heard(time_point now);
    /// Somebody says that nobody listens where the peer was. Believed when three questions in a
    /// row were refused and nothing was heard since the first: anybody can forge the message, but
    /// a peer that lives answers. Unwatched connections believe it never: their peer may have
    /// moved, and will be heard from elsewhere.
    verdict refused(time_point now);

    /// A PING should leave now; pinged() when it has. It is wanted again and again until there is
    /// an answer: ngtcp2 does not repeat one that is lost.
    bool wants_ping(time_point now) const noexcept;
    /// `probe_timeout`: what an answer may take on this path (RFC 9002 §6.2).
    void pinged(time_point now, duration probe_timeout);

    time_point deadline() const noexcept;
    verdict on_deadline(time_point now);

private:
    enum class phase : std::uint8_t {
        resting,
        asking,   ///< a PING is to be sent
        waiting,  ///< it was sent
        looking,  ///< its time is over: what may have come meanwhile is read first
    };

    void rest();
    void ask(time_point now);
    void draw_interval();

    bool is_next_;  ///< to ask
    prng random_;
    liveness_terms terms_;
    bool is_watching_ = false;
    bool is_hurried_ = false;    ///< somebody says that the peer is gone
    duration least_patience_{};  ///< what an answer may take on this path
    bool is_binding_ = false;    ///< no answer to the question under way ends the connection
    duration interval_{};        ///< ping_every, less or more a little
    phase phase_ = phase::resting;
    time_point heard_at_{};
    time_point due_ = no_deadline;    ///< of what phase_ waits for
    time_point again_ = no_deadline;  ///< the next repetition's, while waiting
    bool is_repetition_due_ = false;
    bool is_suspect_ = false;  ///< a refusal began this
    time_point suspect_since_{};
    bool is_counted_ = false;  ///< the ping under way was refused
    unsigned refusals_ = 0;
    time_point deaf_until_{};  ///< a refusal was proved wrong
};

}  // namespace meshhost::quic
