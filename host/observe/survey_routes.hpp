// SPDX-License-Identifier: Apache-2.0
#pragma once
// Questions that other hosts answer: their starts, plugins, and followed messages.
#include "observe/observatory.hpp"
#include "observe/question_table.hpp"
#include "observe/survey.hpp"

#include <string>

namespace meshhost::observe {

/// One thread: the shard's. What `parts` names outlives it.
class survey_routes {
public:
    static constexpr std::size_t timers = 3;        ///< of this room
    static constexpr std::size_t admin_timers = 3;  ///< of what it asks all hosts with

    explicit survey_routes(const observatory_parts& parts);

    /// Outlives the table. `prefix`: "/api/v1/".
    void add_to(question_table& table, const std::string& prefix);

private:
    using question = question_table::question;

    void get_survey(
        survey& of,
        const char* schema,
        const question& asked,
        const admin::answer_ptr& answer
    );
    void get_node_boots(const question& of, const admin::answer_ptr& answer);

    observatory_parts parts_;
    std::string self_;
    survey boots_;
    survey plugins_;
    survey traces_;
};

}  // namespace meshhost::observe
