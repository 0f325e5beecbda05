// SPDX-License-Identifier: Apache-2.0
#pragma once
// Hosts that join a mesh and leave it again, several at a time.
#include "lab/model/lab_record.hpp"
#include "lab/spawn.hpp"

#include <vector>

namespace meshhost::lab {

struct guest_plan {
    unsigned cycles = 0;
    unsigned ids = 1;  ///< that take turns, so that each comes back; at least at_a_time
    unsigned at_a_time = 4;
};

/// Each guest starts, waits until it hears every host of the lab, and ends: by SIGTERM and by
/// SIGKILL in turn. They are children of this process.
class guest_house {
public:
    guest_house(model::lab_record lab, guest_plan plan);
    guest_house(const guest_house&) = delete;
    guest_house& operator=(const guest_house&) = delete;
    ~guest_house();

    /// Goes on until `cycle` guests have come and gone. Errors: E_LAB_START, E_INTERRUPTED,
    /// E_TIMEOUT when one does not join.
    outcome<void> run_until(unsigned cycle);

    unsigned finished() const noexcept { return finished_; }
    unsigned killed() const noexcept { return killed_; }

private:
    enum class phase : std::uint8_t { empty, joining, ending };

    struct room {
        std::string name;
        phase now = phase::empty;
        child_process child;
        unsigned number = 0;
        time_point since{};
    };

    std::string free_name();
    outcome<void> start(room& in);
    outcome<void> go_on(room& in);
    bool has_joined(const room& in) const;
    void reap();

    model::lab_record lab_;
    guest_plan plan_;
    std::vector<room> rooms_;
    unsigned started_ = 0;
    unsigned next_id_ = 0;
    unsigned finished_ = 0;
    unsigned killed_ = 0;
};

}  // namespace meshhost::lab
