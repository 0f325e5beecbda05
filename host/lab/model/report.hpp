// SPDX-License-Identifier: Apache-2.0
#pragma once
// What was found, to be read: one HTML file that needs nothing else, Markdown, and the raw JSON.
#include "plot/curve_chart.hpp"

#include <boost/json/object.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace meshhost::lab::model {

struct report_table {
    std::vector<std::string> columns;  ///< the first one's cells are names, the others' figures
    std::vector<std::vector<std::string>> rows;
};

struct report_section {
    std::string title;
    std::vector<std::string> paragraphs;
    std::vector<report_table> tables;
    std::vector<plot::chart> charts;
};

struct report {
    std::string title;
    std::string lead;  ///< the finding, in a sentence
    std::vector<report_section> sections;
    boost::json::object data;  ///< everything that it says, and what that came from
};

/// No script but for saving the data, no request to anywhere; dark where the reader's system is.
std::string to_html(const report& what);
/// Without the charts.
std::string to_markdown(const report& what);

}  // namespace meshhost::lab::model
