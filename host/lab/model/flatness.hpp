// SPDX-License-Identifier: Apache-2.0
#pragma once
// Whether tables are as full at the end of a long run as they were after its beginning.
#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace meshhost::lab::model {

/// What the hosts hold together.
struct table_sample {
    unsigned cycle = 0;
    std::map<std::string, double> values;  ///< "transport.connections", ...
};

struct table_growth {
    std::string name;
    double first = 0;  ///< median of the second fifth: the first is warm-up
    double last = 0;   ///< median of the last fifth
    bool is_flat = true;
    double limit = 0;  ///< of a cache, which may fill up to it; 0: it is none
};

/// What counts as flat.
struct flatness_rule {
    std::size_t hosts = 1;
    double tolerance = 0.02;  ///< more than at first
    double slack = 1;         ///< entries a host: a table that is nearly empty may have more
    std::size_t ids = 0;      ///< there are: what is kept of each may be kept of all. 0: not known
};

/// Whether a probe's counter is known to say how full something is, not how much has happened since
/// the start.
bool is_table(std::string_view name);

/// Tables, and whatever else goes down at times, in the order of their names. Flat: within the
/// tolerance or the slack, or a cache within its limit.
std::vector<table_growth> judge_growth(
    const std::vector<table_sample>& samples,
    const flatness_rule& rule
);

}  // namespace meshhost::lab::model
