// SPDX-License-Identifier: Apache-2.0
#pragma once
// A configuration and its problems as `meshctl config` shows them: text for people, JSON values
// for the envelope. Texts of more than one line end with a newline.
#include "config/config_loader.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <span>
#include <string>
#include <string_view>

namespace meshhost::config {

/// "WHERE  error  MESSAGE; HINT" without a newline.
std::string problem_line(const config_problem& problem);

/// `config check`: a line a problem, and a line with the totals.
std::string problems_text(std::span<const config_problem> problems);
/// [{"where", "severity", "message", "hint"}…]; "hint" only when there is one.
boost::json::array problems_json(std::span<const config_problem> problems);

struct show_options {
    std::string_view prefix;  ///< "quic" or "quic.idle_timeout"; empty: everything
    bool origin = false;      ///< add where each value comes from, and what a change needs
};

/// `config show`: "net.port = 4433" a line, in columns. Says so when nothing matches the prefix.
std::string settings_text(const loaded_config& loaded, const show_options& options);
/// {"net.port": {"value", "origin", "reload"}…}, whatever `options.origin` says.
boost::json::object settings_json(const loaded_config& loaded, const show_options& options);

/// `config init`: a configuration file with every key, its meaning and its default, commented out.
std::string init_text();

/// `config schema`: JSON Schema (draft 2020-12) of a configuration file, for editors.
boost::json::object schema_json();

}  // namespace meshhost::config
