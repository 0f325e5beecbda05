// SPDX-License-Identifier: Apache-2.0
#pragma once
// What to do to a lab, as somebody writes it: "kill compute-05", "partition broker-01,compute-02 |
// rest", "loss 5%".
#include "base/error.hpp"
#include "base/prng.hpp"
#include "base/time.hpp"
#include "lab/model/lab_record.hpp"

#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace meshhost::lab::model {

enum class chaos_verb : std::uint8_t {
    kill,          ///< SIGKILL
    stop,          ///< SIGTERM, and wait for its end
    pause,         ///< SIGSTOP
    resume,        ///< SIGCONT
    restart,       ///< stop it if it runs, and start it with the same key
    partition,     ///< groups that do not hear each other
    heal,          ///< no fault of the network any more
    loss,          ///< a share of the datagrams is dropped
    plugin_crash,  ///< a role fails as if its callback had thrown
    relay_only,    ///< hosts that hear each other by way of the lab's relay alone
};

struct chaos_action {
    chaos_verb verb = chaos_verb::kill;
    /// As written: names, "any", "ROLE/any", and "rest" for whoever is in no other group. Of a
    /// partition two groups or more; else at most one.
    std::vector<std::vector<std::string>> groups;
    double loss = 0;   ///< 0 to 1
    duration lasts{};  ///< of what heal ends: healed after that; 0: until told
};

std::string_view to_text(chaos_verb verb);

/// Whether it is done to the network, between hosts that go on: what heal ends.
bool is_network_fault(chaos_verb verb);

/// Errors: E_CHAOS (usage).
outcome<chaos_action> parse_chaos(std::span<const std::string> words);
/// The same of one text, cut at blanks.
outcome<chaos_action> parse_chaos(std::string_view text);

/// The groups as names of hosts. "any" is drawn from those of `running` that are in no group yet,
/// except for resume and restart, which draw from the others.
/// Errors: E_NO_SUCH_NODE (unreachable), with "did you mean"; E_CHAOS when nobody is left to draw.
outcome<std::vector<std::vector<std::string>>> resolve_groups(
    const chaos_action& action,
    const lab_record& lab,
    const std::set<std::string>& running,
    prng& draw
);

}  // namespace meshhost::lab::model
