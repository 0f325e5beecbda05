// SPDX-License-Identifier: Apache-2.0
// What an instance and its host say to each other, as bytes and back; and bytes that are nothing.
#include "plugin/proto/limits.hpp"
#include "plugin/proto/link_codec.hpp"
#include "support/catch.hpp"

using namespace meshhost;
using namespace meshhost::plugin;
using namespace meshhost::plugin::proto;

namespace {

byte_buffer encoded(const up_message& message) {
    byte_buffer out;
    encode(message, out);
    return out;
}

}  // namespace

TEST_CASE("link: a message comes back as it was", "[plugin]") {
    const up::value_said said{{"compute", "queued", "{job}", std::int64_t{-7}}};
    const auto back = decode_up(encoded(said));
    REQUIRE(back);
    REQUIRE(std::holds_alternative<up::value_said>(*back));
    CHECK(std::get<up::value_said>(*back).value == said.value);
    CHECK(payload_size(*back) == 7 + 6 + 5);
}

TEST_CASE("link: what is cut short, too long or no message is refused", "[plugin]") {
    byte_buffer bytes = encoded(up::faulted{"MP301", "on_event returned MESH_E_INTERNAL"});
    for (std::size_t size = 0; size < bytes.size(); ++size)
        CHECK_FALSE(decode_up(bytes_view(bytes).first(size)));
    bytes.push_back(0);
    CHECK_FALSE(decode_up(bytes));
    CHECK_FALSE(decode_up(byte_buffer{0xff, 0x7f}));
    CHECK_FALSE(decode_down(byte_buffer{0x7f}));
}

TEST_CASE("link: the most that an instance can measure fits into one message", "[plugin]") {
    telemetry::metrics_snapshot all;
    telemetry::metric_point point;
    point.buckets.assign(metric_bounds_max + 1, ~std::uint64_t{0});
    telemetry::metric instrument{
        .name = std::string(metric_name_max, 'n'),
        .unit = std::string(metric_unit_max, 'u'),
        .description = std::string(metric_text_max, 'd'),
        .kind = telemetry::metric_kind::histogram,
        .bounds = std::vector<double>(metric_bounds_max, 1.5),
        .points = {point}};  // the overflow
    all.metrics.assign(instruments_max, instrument);
    for (std::size_t i = 0; i < metric_attributes_max; ++i) {
        point.attributes.push_back(
            {std::string(attribute_key_max, 'k'), std::string(attribute_text_max, 'v')}
        );
    }
    for (std::size_t i = 0; i < attribute_sets_all_max; ++i)
        all.metrics[i / attribute_sets_max].points.push_back(point);
    const auto bytes = encoded(up::metrics_said{all});
    CHECK(bytes.size() < link_message_max);
    const auto back = decode_up(bytes);
    REQUIRE(back);
    const auto& read = std::get<up::metrics_said>(*back).metrics;
    REQUIRE(read.metrics.size() == instruments_max);
    CHECK(read.metrics[0].kind == telemetry::metric_kind::histogram);
    CHECK(read.metrics[0].points[1].attributes[7].value == point.attributes[7].value);
    CHECK(read.metrics[0].points[1].buckets == point.buckets);
}

TEST_CASE("link: a span comes back as it was", "[plugin]") {
    telemetry::span span;
    span.trace[3] = 7;
    span.name = "work";
    span.length = 5ms;
    span.attributes = {{"ok", true}, {"n", std::int64_t{-3}}};
    span.events = {{"half", 1s, {}}};
    const auto back = decode_up(encoded(up::span_ended{span}));
    REQUIRE(back);
    const auto& read = std::get<up::span_ended>(*back).span;
    CHECK(read.trace == span.trace);
    CHECK(read.length == 5ms);
    CHECK(read.attributes[1].value == span.attributes[1].value);
    CHECK(read.events[0].at == 1s);
}

TEST_CASE("link: what goes over the mesh comes back as it was", "[plugin]") {
    const auto node = identity::endpoint_id::parse(
                          "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
    )
                          .value();
    const auto made = decode_up(encoded(up::request_made{7, node, "jobs", {1, 2, 3}, 1500ms}));
    REQUIRE(made);
    const auto& request = std::get<up::request_made>(*made);
    CHECK(request.to == node);
    CHECK(request.port == "jobs");
    CHECK(request.body == byte_buffer{1, 2, 3});
    CHECK(request.timeout == 1500ms);
    CHECK(payload_size(*made) == 7);
    byte_buffer out;
    encode(down::topic_heard{9, node, node, 1u << 30, 3, 1, {4}}, out);
    const auto heard = decode_down(out);
    REQUIRE(heard);
    CHECK(std::get<down::topic_heard>(*heard).author == node);
    CHECK(std::get<down::topic_heard>(*heard).sequence == 1u << 30);
}
