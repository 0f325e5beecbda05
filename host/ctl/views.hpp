// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the local API says, as text for people. Each takes the "data" of an answer and gives lines
// that end with a newline. Words, never sentinels: what is not known says so.
#include "ctl/console.hpp"
#include "ctl/table_view.hpp"
#include "lab/chaos.hpp"
#include "lab/scenario_run.hpp"

#include <boost/json/object.hpp>

#include <string>

namespace meshhost::ctl {

std::string status_text(const boost::json::object& data, const console& out);
table_view peers_table(const boost::json::object& data);
table_view plugins_table(const boost::json::object& data);
std::string identity_text(const boost::json::object& data);
std::string probe_text(const boost::json::object& data, const console& out);
/// One line of a running host's configuration for each key.
std::string running_config_text(const boost::json::object& data, const console& out);
/// Of one role. See admin/plugin_routes.hpp.
std::string metrics_text(const boost::json::object& data, const console& out);
std::string spans_text(const boost::json::object& data, const console& out);
/// Of the flight recorder, a line a span.
std::string flight_text(const boost::json::object& data, const console& out);
/// What became of a reload, by instance.
std::string reload_text(const boost::json::object& data, const console& out);
/// Everything that is known of one node, and what it says itself when it can be asked.
std::string node_text(const boost::json::object& data, const console& out);
/// Every rule that was checked, and the first that does not hold in full.
std::string audit_text(const boost::json::object& data, const console& out);

/// "gateway-01 · aaaaaaaaaa · gateway 0.1.0 · up 4m 12s · gateway.clients 3".
std::string peer_line(const boost::json::object& peer, const console& out);
/// "direct 127.0.0.1:4433    11.9 ms   (same_host)", or that there was no reply.
std::string ping_reply_text(const boost::json::object& reply, const console& out);
/// "4/4 replies · min 11.8 · median 11.9 · max 12.4 ms".
std::string ping_summary_text(const boost::json::object& data, const console& out);

/// What `lab up` made: lab.json with the times of its boot as "boot". `which`: the options that
/// name this lab to later commands, with a blank before; empty when it is the only one.
std::string lab_up_text(
    const boost::json::object& data,
    std::string_view which,
    const console& out
);
std::string lab_status_text(const boost::json::object& data, const console& out);
/// "PASS  dead within 8s: 6.20 s, last by compute-02", without a newline.
std::string lab_verdict_text(const lab::model::verdict& decided, const console& out);
std::string lab_run_text(const lab::run_result& result, const console& out);
std::string lab_chaos_text(const lab::chaos_result& result, const console& out);

}  // namespace meshhost::ctl
