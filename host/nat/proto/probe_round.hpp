// SPDX-License-Identifier: Apache-2.0
#pragma once
// One round of probes, of one end: whom to ask when, and which addresses answered. Says nothing of
// packets and their tags, nor of what to do with an address that works.
#include "nat/proto/candidates.hpp"
#include "nat/proto/punch_config.hpp"

#include <boost/container/flat_map.hpp>
#include <boost/container/static_vector.hpp>

#include <optional>

namespace meshhost::nat::proto {

/// An address of the peer that answered: datagrams go there and back.
struct verified_path {
    candidate remote;
    ip_endpoint local;                ///< of ours, where the answer came; unspecified: any
    duration rtt{};                   ///< 0: not measured
    std::optional<ip_endpoint> seen;  ///< where the peer sees us, by its own word
    bool was_tried = false;           ///< to move there
};

class probe_round {
public:
    struct question {
        ip_endpoint to;
        ip_endpoint from;  ///< unspecified: any
        std::uint64_t nonce = 0;
    };

    /// The first questions are due at `first_at`.
    probe_round(std::uint32_t number, std::span<const candidate> targets, time_point first_at);

    std::uint32_t number() const noexcept { return number_; }

    /// An address more, asked at once if the others were. Ignored when it is there, or there are
    /// enough.
    void add_target(const candidate& what);

    /// The peer asked from `remote`: so it is asked, too, and at once. False: this very question
    /// came from elsewhere before, so that somebody else sent it again; nothing is done.
    bool heard_question(const ip_endpoint& local, const ip_endpoint& remote, std::uint64_t nonce);
    /// The peer answered. nullptr: this address was not asked this, or answered before.
    const verified_path* heard_answer(
        const ip_endpoint& local,
        const ip_endpoint& remote,
        std::uint64_t nonce,
        const std::optional<ip_endpoint>& seen,
        time_point now
    );
    /// The peer got an answer of ours that it sent from `own`, an address of its own: works, too,
    /// if we did hear from there. nullptr: we did not, or it had answered before.
    const verified_path* peer_confirms(const ip_endpoint& own);

    /// The next question that is due; ask until nullopt.
    std::optional<question> poll_question(time_point now);
    /// No more questions from now on.
    void stop() noexcept { is_stopped_ = true; }

    /// When poll_question() has more, or is_over() becomes true.
    time_point next_deadline() const noexcept;
    /// All was asked, and the time to answer is over.
    bool is_over(time_point now) const noexcept;

    /// Addresses that answered.
    std::span<verified_path> verified() noexcept { return verified_; }
    std::span<const verified_path> verified() const noexcept { return verified_; }
    /// The one with the shortest biased round trip that was not tried; nullptr: none.
    verified_path* best_untried() noexcept;

private:
    struct sent_question {
        std::uint64_t nonce;
        time_point at;
    };
    struct target {
        candidate what;
        ip_endpoint local{};  ///< where the peer was heard from there
        bool was_heard = false;
        bool has_answered = false;
        bool is_due = false;
        unsigned prompted = 0;
        bool was_prompted = false;  ///< since the last tick
        boost::container::static_vector<sent_question, probes_max + prompted_probes_max> sent{};
    };

    target* find(const ip_endpoint& address) noexcept;
    void tick(time_point now);
    const verified_path* verify(target& of, verified_path path);
    const verified_path* complete(
        const ip_endpoint& remote,
        duration rtt,
        const std::optional<ip_endpoint>& seen
    );

    std::uint32_t number_;
    std::uint32_t asked_ = 0;
    unsigned ticks_ = 0;
    time_point next_tick_;
    bool is_stopped_ = false;
    bool has_due_ = false;
    std::vector<target> targets_;
    boost::container::flat_map<std::uint64_t, ip_endpoint> heard_;  ///< from where, by nonce
    boost::container::static_vector<verified_path, targets_max> verified_;
};

}  // namespace meshhost::nat::proto
