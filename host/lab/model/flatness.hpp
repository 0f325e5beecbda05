// SPDX-License-Identifier: Apache-2.0
#pragma once
// Whether tables are as full at the end of a long run as they were after its beginning.
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace meshhost::lab::model {

struct table_sample {
    unsigned cycle = 0;
    std::map<std::string, double> values;  ///< "transport.connections", ...
};

struct table_growth {
    std::string name;
    double first = 0;  ///< median of the second fifth: the first is warm-up
    double last = 0;   ///< median of the last fifth
    bool is_flat = true;
};

/// Whether a probe's counter is known to say how full something is, not how much has happened since
/// the start.
bool is_table(std::string_view name);

/// Tables, and whatever else goes down at times, in the order of their names. Flat: at most
/// `tolerance` above, or at most `slack` entries, which a table that is nearly empty may have more.
std::vector<table_growth> judge_growth(
    const std::vector<table_sample>& samples,
    double tolerance,
    double slack
);

}  // namespace meshhost::lab::model
