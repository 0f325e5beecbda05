// SPDX-License-Identifier: Apache-2.0
#pragma once
// Collects what is wrong while the layers are read: bounded, and in the order in which a person
// goes through the lines.
#include "config/config_problem.hpp"
#include "config/toml_reader.hpp"

#include <string>
#include <vector>

namespace meshhost::config {

class problem_list {
public:
    void add(text_position at, config_problem problem);

    /// Puts what was added since the last call in the order of its places.
    void end_layer();

    /// Nothing more will be listed, so that nobody need think of a hint.
    bool full() const noexcept;
    bool empty() const noexcept { return listed_.empty() && layer_.empty(); }

    /// Everything in order. Beyond config_problems_max only the number of the rest.
    config_problems take() &&;

private:
    struct placed {
        text_position at;
        config_problem problem;
    };
    std::vector<placed> layer_;
    config_problems listed_;
    std::size_t left_out_ = 0;
};

/// Text from a command line or an environment for the `where` of a problem: as it is when it is
/// short and printable, else in quotes and escaped.
std::string as_given(std::string_view text);

}  // namespace meshhost::config
