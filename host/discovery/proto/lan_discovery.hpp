// SPDX-License-Identifier: Apache-2.0
#pragma once
// When to ask who is on this network, when to answer, and who is there (the pace of iroh's local
// discovery; RFC 6762 §5.2 and §6 for backing off). Shape: a machine.
//
// Everybody waits a random time for somebody else's question before asking, and a random time for
// others' answers before answering; two answers heard are enough, so that the traffic does not
// grow with the number of hosts. Unlike iroh's, our own questions become rarer while nothing is
// new: from every 0.7 s down to every 10 s.
#include "base/prng.hpp"
#include "base/time.hpp"
#include "base/token_bucket.hpp"
#include "discovery/proto/local_record.hpp"

#include <deque>
#include <map>
#include <optional>

namespace meshhost::discovery::proto {

struct lan_config {
    duration cadence = 700ms;         ///< between questions, while something is new
    duration cadence_max = 10s;       ///< and while nothing is
    std::size_t answers_enough = 2;   ///< cadence times iroh's 2.5 answers a second
    duration answer_spread = 100ms;   ///< of one host in two
    duration answer_gap = 250ms;      ///< between two of our answers, however much is asked
    std::size_t endpoints_max = 64;   ///< known at once; more are not taken
    int expiry_rounds = 3;            ///< missed before an endpoint counts as gone
    duration expiry_max = 10min;      ///< however many there are
    double messages_per_second = 50;  ///< read; the rest is dropped unread (a guess)
    double messages_burst = 200;
};

enum class families : std::uint8_t { v4 = 1, v6 = 2, both = 3 };

struct lan_output {
    enum class what : std::uint8_t {
        ask,     ///< send encode_local_query() to `to`
        answer,  ///< send our encode_local_response() to `to`
        found,   ///< `endpoint` is there, or has other addresses than it had
        lost,    ///< the endpoint of that id was not heard of for too long
    };
    what kind = what::ask;
    families to = families::both;
    identity::endpoint_addr endpoint;
};

struct lan_counts {
    std::uint64_t asked = 0;
    std::uint64_t answered = 0;
    std::uint64_t suppressed = 0;  ///< answers not given, because others were enough
    std::uint64_t malformed = 0;   ///< messages that could not be read
    std::uint64_t dropped = 0;     ///< messages beyond the budget, endpoints beyond the table
};

/// Lifecycle: make it, then inputs and deadlines; nothing starts before the first
/// handle_deadline(). One thread. Bounded: endpoints_max endpoints, as many outputs and a few more.
class lan_discovery {
public:
    lan_discovery(identity::endpoint_id self, std::uint64_t seed, const lan_config& config = {});

    /// Whether there is anything to answer with. Asks anew soon: others should hear of it.
    void set_answers(bool has_answer, time_point now);
    /// The network is another one: what was found stays until it expires, and the pace is that of
    /// a beginning.
    void handle_network_change(time_point now);

    /// A datagram that came to the group. `is_own_machine`: its source address is one of ours.
    void handle(bytes_view message, families from, bool is_own_machine, time_point now);
    void handle_deadline(time_point now);

    std::optional<lan_output> poll_output();
    time_point next_deadline() const noexcept;

    std::size_t known() const noexcept { return endpoints_.size(); }
    const lan_counts& counts() const noexcept { return counts_; }
    /// Asserts what must hold between calls.
    void check_invariants() const;

private:
    enum class phase : std::uint8_t { idle, before_question, before_answer };
    struct entry {
        identity::endpoint_addr endpoint;
        time_point heard_at{};
    };

    void wait_for_question(time_point now);
    void wait_to_answer(time_point now, families to);
    void answer_heard(std::size_t endpoints, time_point now);
    void note(identity::endpoint_addr endpoint, time_point now);
    void expire(time_point now);
    void hurry(time_point now);
    duration lifetime() const noexcept;
    duration up_to(duration most);
    void put(lan_output::what kind, families to, identity::endpoint_addr endpoint = {});

    identity::endpoint_id self_;
    lan_config config_;
    prng random_;
    token_bucket budget_;
    phase phase_ = phase::idle;
    bool has_answer_ = false;
    bool has_answered_ = false;  ///< in the last round
    duration extra_wait_{};      ///< who answered lets others go first
    duration cadence_;
    time_point due_{};  ///< of the phase; the first is at once
    time_point last_answer_{};
    families answer_to_ = families::both;
    std::size_t answers_heard_ = 0;
    std::map<identity::endpoint_id, entry> endpoints_;
    std::deque<lan_output> outputs_;
    lan_counts counts_;
};

}  // namespace meshhost::discovery::proto
