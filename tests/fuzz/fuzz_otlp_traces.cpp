// SPDX-License-Identifier: Apache-2.0
// What anybody may send an observer that takes spans. The first byte chooses: in JSON, or in
// protobuf. What was read keeps the limits; written down again by our exporter and read once more,
// it is the same.
#include "base/assert.hpp"
#include "base/bytes.hpp"
#include "otlp/trace_reader.hpp"

using namespace meshhost;
using otlp::read_limits;

namespace {

void check_attributes(const std::vector<telemetry::attribute>& all, std::size_t most) {
    MH_ASSERT(all.size() <= most, "attributes keep their number");
    for (const auto& each : all) {
        MH_ASSERT(each.key.size() <= read_limits::name_bytes_max, "a key is cut");
        const auto* text = std::get_if<std::string>(&each.value);
        MH_ASSERT(text == nullptr || text->size() <= read_limits::text_bytes_max, "a text is cut");
    }
}

void check_span(const telemetry::span& span) {
    MH_ASSERT(span.trace != telemetry::trace_id{} && span.id != telemetry::span_id{}, "ids");
    MH_ASSERT(!span.name.empty() && span.name.size() <= read_limits::name_bytes_max, "a name");
    MH_ASSERT(span.started > duration::zero() && span.length >= duration::zero(), "times");
    MH_ASSERT(span.message.size() <= read_limits::message_bytes_max, "a message is cut");
    MH_ASSERT(span.links.size() <= read_limits::links_max, "so many links");
    MH_ASSERT(span.events.size() <= read_limits::events_max, "so many events");
    check_attributes(span.attributes, read_limits::attributes_max);
    for (const auto& each : span.events)
        check_attributes(each.attributes, read_limits::event_attributes_max);
}

std::string written(const otlp::told_spans& group) {
    std::vector<otlp::scoped_span> all;
    for (const auto& each : group.spans)
        all.push_back({"x", each});
    return otlp::encode_traces(group.by, "1", all);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const auto in = data[0] == 'j' ? otlp::encoding::json : otlp::encoding::protobuf;
    const auto told = otlp::read_traces(as_text(bytes_view(data + 1, size - 1)), in);
    if (!told) {
        MH_ASSERT(!told.error().message.empty(), "it is said why");
        return 0;
    }
    MH_ASSERT((told->refused > 0) == !told->why.empty(), "it is said why");
    MH_ASSERT(told->groups.size() <= read_limits::resources_max, "so many resources");
    std::size_t spans = 0;
    for (const auto& group : told->groups) {
        spans += group.spans.size();
        check_attributes(group.by, read_limits::attributes_max);
        for (const auto& each : group.spans)
            check_span(each);
        const auto bytes = written(group);
        if (bytes.empty()) continue;  // a resource without attributes, of which there is nothing
        const auto again = otlp::read_traces(bytes, otlp::encoding::protobuf);
        MH_ASSERT(again.has_value() && again->refused == 0, "our own bytes are sound");
        MH_ASSERT(again->groups.size() == 1 && written(again->groups[0]) == bytes, "the same");
    }
    MH_ASSERT(spans <= read_limits::spans_max, "so many spans");
    return 0;
}
