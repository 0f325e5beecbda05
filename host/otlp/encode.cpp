// SPDX-License-Identifier: Apache-2.0
#include "otlp/encode.hpp"

#include "otlp/common_fields.hpp"

#include <algorithm>
#include <map>

#include <protozero/pbf_reader.hpp>

namespace meshhost::otlp {

namespace {

using protozero::pbf_writer;

// Field numbers of opentelemetry-proto; each enumeration is one of its messages.
enum request_field : protozero::pbf_tag_type { resource_spans = 1 };
enum resource_spans_field : protozero::pbf_tag_type { its_resource = 1, scope_spans = 2 };
enum scope_spans_field : protozero::pbf_tag_type { its_scope = 1, its_spans = 2 };
enum span_field : protozero::pbf_tag_type {
    trace_id = 1,
    span_id = 2,
    parent_span_id = 4,
    span_name = 5,
    span_kind = 6,
    start_time = 7,
    end_time = 8,
    span_attributes = 9,
    dropped_attributes = 10,
    span_events = 11,
    span_links = 13,
    span_status = 15,
};
enum event_field : protozero::pbf_tag_type { event_time = 1, event_name = 2, event_attributes = 3 };
enum status_field : protozero::pbf_tag_type { status_message = 2, status_code = 3 };
enum response_field : protozero::pbf_tag_type { partial_success = 1 };
enum partial_field : protozero::pbf_tag_type { rejected = 1 };

constexpr std::int32_t status_ok = 1;
constexpr std::int32_t status_error = 2;

enum link_field : protozero::pbf_tag_type { link_trace_id = 1, link_span_id = 2 };

void put_span(pbf_writer& to, const telemetry::span& span) {
    pbf_writer out(to, its_spans);
    put_id(out, trace_id, span.trace);
    put_id(out, span_id, span.id);
    if (span.parent != telemetry::span_id{}) put_id(out, parent_span_id, span.parent);
    out.add_string(span_name, span.name);
    out.add_enum(span_kind, static_cast<std::int32_t>(span.kind) + 1);  // 0 is unspecified
    out.add_fixed64(start_time, unix_ns(span.started));
    out.add_fixed64(end_time, unix_ns(span.started + span.length));
    put_attributes(out, span_attributes, span.attributes);
    if (span.dropped > 0) out.add_uint32(dropped_attributes, span.dropped);
    for (const auto& each : span.events) {
        pbf_writer event(out, span_events);
        event.add_fixed64(event_time, unix_ns(each.at));
        event.add_string(event_name, each.name);
        put_attributes(event, event_attributes, each.attributes);
    }
    for (const auto& each : span.links) {
        pbf_writer link(out, span_links);
        put_id(link, link_trace_id, each.trace);
        put_id(link, link_span_id, each.span);
    }
    pbf_writer status(out, span_status);
    if (!span.message.empty()) status.add_string(status_message, span.message);
    status.add_enum(status_code, span.is_ok ? status_ok : status_error);
}

}  // namespace

std::string encode_traces(
    const resource& by,
    std::string_view version,
    std::span<const scoped_span> spans
) {
    std::map<std::string_view, std::vector<const telemetry::span*>> scopes;
    for (const auto& each : spans)
        scopes[each.scope].push_back(&each.span);
    std::string out;
    pbf_writer request(out);
    {
        pbf_writer all(request, resource_spans);
        put_resource(all, its_resource, by);
        for (const auto& [name, of_scope] : scopes) {
            pbf_writer group(all, scope_spans);
            put_scope(group, its_scope, name, version);
            for (const auto* const each : of_scope)
                put_span(group, *each);
        }
    }
    return out;
}

std::uint64_t rejected_spans(std::string_view response) {
    try {
        protozero::pbf_reader whole(response.data(), response.size());
        while (whole.next(partial_success)) {
            protozero::pbf_reader partial = whole.get_message();
            while (partial.next(rejected))
                return static_cast<std::uint64_t>(std::max<std::int64_t>(partial.get_int64(), 0));
        }
    } catch (const protozero::exception&) {  // how protozero reports what is no message
    }
    return 0;
}

}  // namespace meshhost::otlp
