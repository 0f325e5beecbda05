// SPDX-License-Identifier: Apache-2.0
#include "ctl/boot_model.hpp"
#include "ctl/view_boot.hpp"
#include "support/catch.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include <sstream>

using namespace meshhost;
using namespace meshhost::ctl;

namespace {

boost::json::object span_of(
    const std::string& id,
    const std::string& parent,
    const std::string& name,
    std::int64_t began_us,
    double length_us
) {
    return {
        {"span", id},
        {"parent", parent.empty() ? boost::json::value(nullptr) : boost::json::value(parent)},
        {"name", name},
        {"started_unix_us", 1'700'000'000'000'000 + began_us},
        {"length_us", length_us},
        {"ok", true},
        {"message", nullptr},
        {"attributes", boost::json::object()}};
}

/// Five steps of a millisecond, and `endpoint_us` for the second.
boost::json::object boot_of(double endpoint_us = 1000) {
    boost::json::array spans;
    spans.push_back(span_of("r", "", "mesh.node.ready", 0, 4000 + endpoint_us));
    double at = 0;
    for (std::size_t i = 0; i < boot_steps.size(); ++i) {
        const double length = i == 1 ? endpoint_us : 1000;
        spans.push_back(span_of(
            std::to_string(i),
            "r",
            std::string(boot_steps[i]),
            static_cast<std::int64_t>(at),
            length
        ));
        at += length;
    }
    return {
        {"number", 3},
        {"version", "0.1.0"},
        {"outcome", "ready"},
        {"error", nullptr},
        {"lead_us", 200.5},
        {"spans", std::move(spans)}};
}

boot read(const boost::json::object& from) {
    const auto found = read_boot(from);
    REQUIRE(found);
    return *found;
}

std::string said(const boot& of, const std::optional<boot_comparison>& compared = std::nullopt) {
    std::ostringstream out;
    console plain(out, out, {});
    return boot_text(of, "here", compared, plain);
}

}  // namespace

TEST_CASE("boot: a start as it should be", "[ctl]") {
    auto from = boot_of();
    auto& spans = from["spans"].as_array();
    auto load = span_of("p", "2", "mesh.plugin.load", 2100, 500);
    load["attributes"] = {{"mesh.plugin.name", "compute-0"}};
    spans.insert(spans.begin(), load);  // whatever the order
    const auto found = read(from);
    REQUIRE(found.spans.size() == 7);
    CHECK(found.spans[0].name == "mesh.node.ready");
    CHECK(found.spans[0].length == 5ms);
    CHECK(found.spans[3].name == "mesh.alpn.register");
    CHECK(found.spans[4].name == "mesh.plugin.load");
    CHECK(found.spans[4].depth == 2);
    CHECK(found.spans[4].object == "compute-0");
    CHECK(found.spans[4].began == 2100us);
    CHECK(found.lead == 200500ns);
    const auto shape = shape_of(found);
    CHECK(shape.is_healthy);
    CHECK(shape.steps == 5);
    CHECK(shape.gaps == Approx(0));
    const auto text = said(found);
    CHECK(text.find("here: start 3, 2023-11-14 22:13:20 UTC, version 0.1.0: ready") == 0);
    CHECK(text.find("|  `- mesh.plugin.load compute-0") != std::string::npos);
    CHECK(text.find("`- mesh.accept.start") != std::string::npos);
    CHECK(text.find("shape: healthy (5 of 5 steps, in order, gaps 0.0 %)") != std::string::npos);
}

TEST_CASE("boot: what is not as it should be is told", "[ctl]") {
    SECTION("a step is missing") {
        auto from = boot_of();
        from["spans"].as_array().pop_back();
        CHECK_FALSE(shape_of(read(from)).is_healthy);
        CHECK(shape_of(read(from)).steps == 4);
    }
    SECTION("one that is none of the five") {
        auto from = boot_of();
        from["spans"].as_array().push_back(span_of("x", "r", "mesh.other", 4500, 100));
        CHECK_FALSE(shape_of(read(from)).is_in_order);
    }
    SECTION("time that no step covers") {
        auto from = boot_of();
        from["spans"].as_array()[0].as_object()["length_us"] = 10000;
        CHECK(shape_of(read(from)).gaps == Approx(0.5));
        CHECK_FALSE(shape_of(read(from)).is_healthy);
    }
    SECTION("it failed") {
        auto from = boot_of();
        from["outcome"] = "failed";
        from["error"] = "the port is taken";
        CHECK_FALSE(shape_of(read(from)).is_healthy);
        CHECK(said(read(from)).find("failed: the port is taken") != std::string::npos);
    }
}

TEST_CASE("boot: slow is more than three times the middle, and 5 ms", "[ctl]") {
    const std::vector<boot> all{read(boot_of(1000)), read(boot_of(2000)), read(boot_of(31000))};
    const auto usual = median_of(all);
    CHECK(usual.find("mesh.endpoint.create")->second == 2ms);
    CHECK(slow_steps(all[0], usual).empty());
    const auto slow = slow_steps(all[2], usual);
    REQUIRE(slow.size() == 1);
    CHECK(slow[0].name == "mesh.endpoint.create");
    CHECK(slow[0].length == 31ms);
    CHECK(
        said(all[2], boot_comparison{"the median of 3 hosts", usual})
            .find("! mesh.endpoint.create took 31.0 ms, 15.5 times 2.0 ms")
        != std::string::npos
    );
    std::ostringstream out;
    console plain(out, out, {});
    const auto table = boots_text(
        std::vector<node_boot>{{"a", all[0], ""}, {"b", {}, "gone"}, {"c", all[2], ""}},
        plain
    );
    CHECK(table.find("c") < table.find("a"));  // the slowest first
    CHECK(table.find("no answer: gone") != std::string::npos);
    CHECK(table.find("2 of 3 nodes started healthily") != std::string::npos);
}

TEST_CASE("boot: what another version or a liar says hurts nobody", "[ctl]") {
    CHECK_FALSE(read_boot({}));
    CHECK_FALSE(read_boot({{"spans", "none"}}));
    CHECK_FALSE(read_boot({{"spans", {1, "x", nullptr}}}));
    SECTION("spans that are each other's parents") {
        auto from = boot_of();
        auto& spans = from["spans"].as_array();
        spans.push_back(span_of("a", "b", "a", 0, 1));
        spans.push_back(span_of("b", "a", "b", 0, 1));
        spans.push_back(span_of("0", "0", "itself", 0, 1));
        CHECK(read_boot(from));
    }
    SECTION("numbers that are none") {
        auto from = boot_of();
        from["spans"].as_array()[1].as_object()["length_us"] = -1e300;
        from["spans"].as_array()[2].as_object()["length_us"] = "long";
        from["lead_us"] = 1e300;
        from["number"] = -5;
        CHECK(said(read(from)).find("nan") == std::string::npos);
    }
    SECTION("control characters") {
        auto from = boot_of();
        from["spans"].as_array()[1].as_object()["name"] = "\x1b[2J";
        CHECK(said(read(from)).find('\x1b') == std::string::npos);
    }
}
