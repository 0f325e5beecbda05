// SPDX-License-Identifier: Apache-2.0
#include "lab/model/report.hpp"
#include "support/catch.hpp"

#include <boost/json/parse.hpp>

using namespace meshhost::lab::model;

namespace {

report small() {
    report made;
    made.title = "A <b> & c";
    made.lead = "Found.";
    made.sections.push_back(
        {"Figures",
         {"Words."},
         {{{"name", "ms"}, {{"a|b", "1"}, {"c", "2"}}}},
         {{"Chart", "x", "y", {{"curve", {{0, 1}, {1, 2}}}}}}}
    );
    made.data = {{"text", "</script><script>alert(1)</script>"}};
    return made;
}

}  // namespace

TEST_CASE("report: the page needs nothing else and holds its data", "[lab]") {
    const auto page = to_html(small());
    CHECK(page.find("<svg") != std::string::npos);
    CHECK(page.find("prefers-color-scheme:dark") != std::string::npos);
    CHECK(page.find("src=") == std::string::npos);
    CHECK(page.find("href=\"") == std::string::npos);
    const std::string open = "<script type=\"application/json\" id=\"data\">";
    const auto from = page.find(open) + open.size();
    const auto data = page.substr(from, page.find("</script>", from) - from);
    CHECK(boost::json::parse(data).at("text") == "</script><script>alert(1)</script>");
}

TEST_CASE("report: text from elsewhere is text", "[lab]") {
    const auto page = to_html(small());
    CHECK(page.find("<title>A &lt;b&gt; &amp; c</title>") != std::string::npos);
    CHECK(page.find("alert(1)</script>") == std::string::npos);
}

TEST_CASE("report: as Markdown it keeps its tables whole", "[lab]") {
    const auto text = to_markdown(small());
    CHECK(
        text.find("| name | ms |\n| --- | ---: |\n| a/b | 1 |\n| c | 2 |\n") != std::string::npos
    );
}
