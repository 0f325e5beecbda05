// SPDX-License-Identifier: Apache-2.0
#pragma once
// Expectations against what is seen: fed with views of the mesh until all are decided.
#include "lab/model/expectation.hpp"
#include "lab/model/mesh_view.hpp"

#include <map>
#include <optional>
#include <set>
#include <utility>

namespace meshhost::lab::model {

/// What was done, and to whom.
struct deed {
    time_point at{};                ///< when it was done
    std::set<std::string> targets;  ///< ids
    /// Ids that do not run any more, or not for now: killed, stopped, paused.
    std::set<std::string> gone;
    /// Of targets that came up again: what is seen of an older life does not count.
    std::map<std::string, std::uint64_t> incarnation_before;
    bool is_for_a_time = false;  ///< it will be undone; the mesh cannot be whole before
    /// When it was undone, as a partition is healed; nullopt: never, or not yet.
    std::optional<time_point> undone_at;
};

struct verdict {
    expectation what;
    bool is_decided = false;
    bool passed = false;
    std::optional<duration> measured;  ///< nullopt: it did not happen
    std::string detail;                ///< who was last, or what is wrong; may be empty
};

/// Sans-IO: the caller takes views and says what the time is. Times come from the hosts' own
/// words (`since`), so they are as exact as those, however seldom one looks.
class expectation_watch {
public:
    expectation_watch(std::vector<expectation> expected, deed done);

    /// `view` is of every host that runs. Once for each look, in order of time.
    void observe(const mesh_view& view, time_point now);
    void set_undone(time_point at) { done_.undone_at = at; }

    bool is_decided() const;
    const std::vector<verdict>& verdicts() const noexcept { return verdicts_; }

private:
    using pair_of_ids = std::pair<std::string, std::string>;

    void watch_targets(std::size_t index, const mesh_view& view, time_point now);
    void watch_mesh(std::size_t index, const mesh_view& view, time_point now);
    void watch_others(std::size_t index, const mesh_view& view, time_point now);
    bool is_as_expected(const expectation& what, const std::string& target, const peer_sight& seen)
        const;
    time_point start_of(std::size_t index) const;
    void decide(std::size_t index, time_point start, time_point met, std::string detail);
    void give_up(std::size_t index, std::string detail);

    deed done_;
    std::vector<verdict> verdicts_;
    std::vector<std::map<pair_of_ids, time_point>> first_seen_;  ///< per expectation
    std::vector<time_point> met_at_;                             ///< per expectation
    bool links_were_wrong_ = false;
};

}  // namespace meshhost::lab::model
