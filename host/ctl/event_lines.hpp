// SPDX-License-Identifier: Apache-2.0
#pragma once
// Events as people read them: one a line, the day above those of a day. Pure.
#include "ctl/console.hpp"
#include "ctl/table_view.hpp"

#include <boost/json/object.hpp>

#include <string>

namespace meshhost::ctl {

/// Writes events in the order in which they came.
class event_lines {
public:
    explicit event_lines(const console& out)
        : out_(out) {}

    /// "12:10:06.912 peer.state compute-05 alive → stale  2 of 4 neighbours lost it 6 s ago". The
    /// first one, and each of another day than the one before, has the day on a line above it.
    std::string line(const boost::json::object& event);

private:
    const console& out_;
    std::string day_;
};

/// Events as a table, for conditions and CSV.
table_view events_table(const boost::json::array& events);

}  // namespace meshhost::ctl
