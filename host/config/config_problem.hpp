// SPDX-License-Identifier: Apache-2.0
#pragma once
// What is wrong with a configuration: a list, never only the first, each naming its place.
#include "base/error.hpp"

#include <boost/assert/source_location.hpp>

#include <string>
#include <vector>

namespace meshhost::config {

enum class severity { warning, error };

struct config_problem {
    std::string where;  ///< "/etc/meshhost/meshhost.toml:14:3", "env MESHHOST_NET__PORT", "--set …"
    config::severity severity = severity::error;
    std::string message;                  ///< one line: what is wrong
    std::string hint;                     ///< one line: what to write instead; may be empty
    exit_code exit = exit_code::invalid;  ///< not_permitted when a file may not be read

    friend bool operator==(const config_problem&, const config_problem&) = default;
};

using config_problems = std::vector<config_problem>;

/// Why nothing was loaded: at least one error, in the order of the layers and of their lines.
struct config_failure {
    config_problems problems;  ///< warnings among them too
};

/// What to exit with: not_permitted when that is all that went wrong, else invalid.
exit_code exit_of(const config_failure& failure);

/// The whole list as one failure (E_CONFIG) for callers that only report and stop: a line each.
failure to_failure(const config_failure& failure);

/// boost::system::result wants to know how to throw an error that nobody looked at.
[[noreturn]] void
throw_exception_from_error(const config_failure& error, const boost::source_location&);

}  // namespace meshhost::config
