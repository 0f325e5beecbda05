// SPDX-License-Identifier: Apache-2.0
#pragma once
// How the sights of hosts changed, look by look: the timeline of what somebody broke.
#include "lab/model/mesh_view.hpp"

#include <boost/json/array.hpp>

#include <map>
#include <string>
#include <vector>

namespace meshhost::lab::model {

struct sight_change {
    time_point at{};       ///< as exact as the observer's own word
    std::string observer;  ///< names
    std::string peer;
    std::string from;  ///< a state; empty: it was not known
    std::string to;
    std::string evidence;
};

inline constexpr std::size_t sight_changes_max = 20'000;  ///< kept of one log; a guess

class sight_log {
public:
    /// `names`: of all hosts, by id.
    explicit sight_log(std::map<std::string, std::string> names)
        : names_(std::move(names)) {}

    /// The first look is what later ones are compared with.
    void observe(const mesh_view& view);

    const std::vector<sight_change>& changes() const noexcept { return changes_; }

private:
    std::map<std::string, std::string> names_;
    std::map<std::string, std::map<std::string, std::string>> states_;  ///< observer, peer: ids
    std::vector<sight_change> changes_;
};

/// A line a peer and state, in order of time: who saw it first, and when the last did.
struct sight_summary {
    std::string peer;
    std::string state;
    std::size_t observers = 0;
    duration first{};  ///< after the deed
    duration last{};
    std::string first_by;
    std::string evidence;  ///< of the first
};
std::vector<sight_summary> summarize(const std::vector<sight_change>& changes, time_point deed);

boost::json::array to_json(const std::vector<sight_change>& changes, time_point deed);

}  // namespace meshhost::lab::model
