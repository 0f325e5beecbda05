// SPDX-License-Identifier: Apache-2.0
#pragma once
// Parts that several views share.
#include "ctl/console.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace meshhost::ctl {

std::string joined(const std::vector<std::string>& parts, std::string_view between);

/// The name, or the short id of a node that has not told its name.
std::string name_of(const boost::json::object& node);
/// "compute.jobs 12, compute.load 0.5"; empty when there are none.
std::string contributions_text(const boost::json::array& contributions);
/// Of a peer without a path: "by gossip" when it is known to be up, else "not connected".
std::string reach_text(const boost::json::object& peer);
/// "direct 0.21 ms", "direct, not measured yet"; reach_text() without a path.
std::string path_text(const boost::json::object& peer);
/// "3 alive, 1 dead" of an object of counts, in its order, without the zeros and "total".
std::string counts_text(const boost::json::object& counts);
/// How many of `items` have which value of `key`: {"alive": 3, "left": 1}, in order of appearance.
boost::json::object count_by(const boost::json::array& items, std::string_view key);

/// "route=/jobs ok=true".
std::string attributes_text(const boost::json::object& attributes);
/// Of a span: how long it took; empty when that is not known.
std::string took_text(const boost::json::object& span);
/// False, too, when there is none.
bool flag_in(const boost::json::object& from, std::string_view key);

/// Green for what is well, red for what is lost, yellow for what is on its way to either.
tone tone_of_state(std::string_view state);
/// "250 m, 64.0 MiB (cgroup)"; empty when none was declared.
std::string budget_text(const boost::json::object& budget);

}  // namespace meshhost::ctl
