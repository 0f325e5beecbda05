// SPDX-License-Identifier: Apache-2.0
#include "lab/model/report.hpp"

#include "plot/svg.hpp"

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace meshhost::lab::model {
using plot::escaped;

namespace {

constexpr std::string_view style = R"(:root{color-scheme:light dark}
body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;
color:#1c1c1e;background:#fff}
h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2.2rem}
.lead{font-size:1.1rem;border-left:4px solid #0072b2;padding:.2rem .8rem}
table{border-collapse:collapse;margin:1rem 0;display:block;overflow-x:auto}
th,td{padding:.25rem .8rem .25rem 0;border-bottom:1px solid #8884;text-align:right;
font-variant-numeric:tabular-nums;white-space:nowrap}
th:first-child,td:first-child{text-align:left}
svg{max-width:100%;height:auto;display:block;margin:1rem 0}
@media (prefers-color-scheme:dark){body{color:#e6e6e8;background:#17181a}}
)";

/// Saves the data that is in the page; without scripts it is in the page's source all the same.
constexpr std::string_view save_script = R"(document.getElementById('save').onclick=()=>{
const a=document.createElement('a');
a.href=URL.createObjectURL(new Blob([document.getElementById('data').textContent],
{type:'application/json'}));a.download='data.json';a.click();};)";

/// JSON inside <script>: nothing in it may look like the end of the element.
std::string script_safe(std::string text) {
    for (auto at = text.find('<'); at != std::string::npos; at = text.find('<', at))
        text.replace(at, 1, "\\u003c");
    return text;
}

std::string html_row(const std::vector<std::string>& cells, const char* tag) {
    std::string row = "<tr>";
    for (const std::string& cell : cells)
        row += fmt::format("<{0}>{1}</{0}>", tag, escaped(cell));
    return row + "</tr>\n";
}

std::string html_of(const report_table& table) {
    std::string text = "<table>\n" + html_row(table.columns, "th");
    for (const auto& row : table.rows)
        text += html_row(row, "td");
    return text + "</table>\n";
}

std::string markdown_row(const std::vector<std::string>& cells) {
    std::string row = "|";
    for (std::string cell : cells) {
        std::replace(cell.begin(), cell.end(), '|', '/');
        row += " " + cell + " |";
    }
    return row + "\n";
}

std::string markdown_of(const report_table& table) {
    std::string text = markdown_row(table.columns) + "|";
    for (std::size_t i = 0; i < table.columns.size(); ++i)
        text += i == 0 ? " --- |" : " ---: |";
    text += "\n";
    for (const auto& row : table.rows)
        text += markdown_row(row);
    return text;
}

}  // namespace

std::string to_html(const report& what) {
    std::string text = fmt::format(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width\">\n<title>{0}</title>\n"
        "<style>\n{1}</style></head><body>\n<h1>{0}</h1>\n<p class=\"lead\">{2}</p>\n",
        escaped(what.title),
        style,
        escaped(what.lead)
    );
    for (const report_section& section : what.sections) {
        text += fmt::format("<h2>{}</h2>\n", escaped(section.title));
        for (const std::string& paragraph : section.paragraphs)
            text += fmt::format("<p>{}</p>\n", escaped(paragraph));
        for (const report_table& table : section.tables)
            text += html_of(table);
        for (const plot::chart& chart : section.charts)
            text += plot::draw_chart(chart, plot::setting::page);
    }
    text += "<p><button id=\"save\">Save the data as JSON</button></p>\n";
    text += fmt::format(
        "<script type=\"application/json\" id=\"data\">{}</script>\n<script>{}</script>\n"
        "</body></html>\n",
        script_safe(boost::json::serialize(what.data)),
        save_script
    );
    return text;
}

std::string to_markdown(const report& what) {
    std::string text = fmt::format("# {}\n\n{}\n", what.title, what.lead);
    for (const report_section& section : what.sections) {
        text += fmt::format("\n## {}\n", section.title);
        for (const std::string& paragraph : section.paragraphs)
            text += "\n" + paragraph + "\n";
        for (const report_table& table : section.tables)
            text += "\n" + markdown_of(table);
    }
    return text;
}

}  // namespace meshhost::lab::model
