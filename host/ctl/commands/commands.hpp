// SPDX-License-Identifier: Apache-2.0
#pragma once
// The makers of all commands, for the table.
#include "ctl/command.hpp"

namespace meshhost::ctl {

// questions.cpp: ask the running host and show the answer
std::unique_ptr<command> make_status();
std::unique_ptr<command> make_peers();
std::unique_ptr<command> make_plugin_list();
std::unique_ptr<command> make_plugin_restart();
std::unique_ptr<command> make_plugin_enable();
std::unique_ptr<command> make_plugin_reload();
std::unique_ptr<command> make_probe();
std::unique_ptr<command> make_doctor();

std::unique_ptr<command> make_topology();
std::unique_ptr<command> make_top();
std::unique_ptr<command> make_events();
std::unique_ptr<command> make_boot();
std::unique_ptr<command> make_flight();

std::unique_ptr<command> make_node_show();
std::unique_ptr<command> make_node_drain();
std::unique_ptr<command> make_node_resume();

// plugin.cpp
std::unique_ptr<command> make_plugin_metrics();
std::unique_ptr<command> make_plugin_spans();
std::unique_ptr<command> make_reload();
// plugin_file.cpp: a file, without a running host
std::unique_ptr<command> make_plugin_describe();
std::unique_ptr<command> make_plugin_check();
std::unique_ptr<command> make_plugin_new();

// reach.cpp
std::unique_ptr<command> make_netcheck();
std::unique_ptr<command> make_paths();
std::unique_ptr<command> make_ping();
std::unique_ptr<command> make_rebind();
std::unique_ptr<command> make_ui();
std::unique_ptr<command> make_trace_publish();
std::unique_ptr<command> make_trace_list();
std::unique_ptr<command> make_trace_show();

std::unique_ptr<command> make_identity_show();
std::unique_ptr<command> make_identity_mint();

std::unique_ptr<command> make_config_check();
std::unique_ptr<command> make_config_show();
std::unique_ptr<command> make_config_schema();
std::unique_ptr<command> make_config_init();

std::unique_ptr<command> make_lab_up();
std::unique_ptr<command> make_lab_status();
std::unique_ptr<command> make_lab_down();
std::unique_ptr<command> make_lab_chaos();
// lab_results.cpp
std::unique_ptr<command> make_lab_run();
std::unique_ptr<command> make_lab_measure();
std::unique_ptr<command> make_lab_report();
std::unique_ptr<command> make_lab_experiment();

// help.cpp
std::unique_ptr<command> make_version();
std::unique_ptr<command> make_explain();
std::unique_ptr<command> make_examples();
std::unique_ptr<command> make_completion();

}  // namespace meshhost::ctl
