// SPDX-License-Identifier: Apache-2.0
#pragma once
// Breaks something in a lab and watches what comes of it.
#include "lab/model/chaos_action.hpp"
#include "lab/model/expectation_watch.hpp"
#include "lab/model/lab_record.hpp"
#include "lab/model/sight_log.hpp"

#include <boost/json/object.hpp>

#include <string>
#include <vector>

namespace meshhost::lab {

struct chaos_request {
    model::chaos_action action;
    std::vector<model::expectation> expected;
};

struct chaos_result {
    std::string deed;  ///< "kill compute-05"
    std::string at;    ///< RFC 3339
    time_point done_at{};
    std::vector<model::verdict> verdicts;
    std::vector<model::sight_change> changes;

    bool passed() const;
};

/// Hears what is done and seen while it happens.
class chaos_observer {
public:
    virtual ~chaos_observer() = default;
    virtual void on_deed(const std::string& what) = 0;
    /// Once for each expectation, when it is decided.
    virtual void on_verdict(const model::verdict& verdict) = 0;
};

/// Does it, watches until every expectation is decided, undoes what is only for a time, and adds
/// the outcome to the lab's history. Errors: E_NO_SUCH_NODE, E_CHAOS (a target in a state that does
/// not fit), E_LAB_DOWN, what a host answers, E_INTERRUPTED.
outcome<chaos_result> break_lab(
    const std::filesystem::path& lab_dir,
    const chaos_request& asked,
    chaos_observer& observer
);

boost::json::object to_json(const chaos_result& result);

/// What was done to a lab so far, oldest first: the objects of to_json().
std::vector<boost::json::object> read_history(const std::filesystem::path& lab_dir);

}  // namespace meshhost::lab
