// SPDX-License-Identifier: Apache-2.0
#pragma once
// Which rows and columns of a table a person wants, as options of every command that has one.
#include "base/time.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
}  // namespace CLI

namespace meshhost::ctl {

struct table_options {
    std::vector<std::string> where;  ///< "state:stale", "-path:relay"; all of them hold
    std::string sort;                ///< "rtt", "-rtt,node"; empty: as they come
    std::string columns;             ///< "node,rtt"; empty: the usual ones; "all"
    std::size_t limit = 0;           ///< 0: all rows
    std::optional<duration> watch;   ///< ask again this often

    /// `watchable`: the answer may be asked for again and again.
    void declare(CLI::App& app, bool watchable);
    // Parts of it.
    void declare_where(CLI::App& app);
    void declare_columns(CLI::App& app);
};

}  // namespace meshhost::ctl
