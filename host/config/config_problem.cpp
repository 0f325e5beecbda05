// SPDX-License-Identifier: Apache-2.0
#include "config/config_problem.hpp"

#include "config/config_text.hpp"

#include <algorithm>
#include <stdexcept>

namespace meshhost::config {

exit_code exit_of(const config_failure& failure) {
    const bool forbidden = std::all_of(
        failure.problems.begin(),
        failure.problems.end(),
        [](const config_problem& problem) {
            return problem.severity == severity::warning
                   || problem.exit == exit_code::not_permitted;
        }
    );
    return forbidden ? exit_code::not_permitted : exit_code::invalid;
}

failure to_failure(const config_failure& failure) {
    std::string lines;
    for (const config_problem& problem : failure.problems) {
        if (!lines.empty()) lines += '\n';
        lines += problem_line(problem);
    }
    return {exit_of(failure), "E_CONFIG", std::move(lines), ""};
}

void throw_exception_from_error(const config_failure& error, const boost::source_location&) {
    throw std::runtime_error(problems_text(error.problems));
}

}  // namespace meshhost::config
