// SPDX-License-Identifier: Apache-2.0
#pragma once
// A written course of events for a lab: what it consists of, what is done to it, what must come of
// that, and what is measured meanwhile.
//
//   title = "A host dies"
//   [lab]
//   nodes = 18
//   [[step]]
//   chaos = "kill compute-05"
//   expect = "dead within 8s, mesh reconverges within 3s"
//   [[step]]
//   measure = "afterwards"
//   for = "30s"
#include "base/error.hpp"
#include "lab/model/chaos_action.hpp"
#include "lab/model/expectation.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace meshhost::lab::model {

enum class step_kind : std::uint8_t { chaos, measure, wait };

struct scenario_step {
    step_kind kind = step_kind::wait;
    chaos_action action;                ///< of chaos
    std::vector<expectation> expected;  ///< of chaos
    std::string label;                  ///< of measure
    duration lasts{};                   ///< of measure and wait
    std::string text;                   ///< as written, for people
};

struct scenario {
    std::string title;
    std::size_t nodes = 18;
    std::uint64_t seed = 42;
    std::string emit = "change";
    std::vector<std::string> sets;
    bool has_relay = false;
    duration settle = 5s;  ///< after the hosts hear each other, before the first step
    std::vector<scenario_step> steps;
};

inline constexpr std::size_t steps_max = 100;

/// Strict: what is not known is an error. Errors: E_SCENARIO (invalid), with file, line and column.
outcome<scenario> read_scenario(std::string_view text, std::string_view file);

}  // namespace meshhost::lab::model
