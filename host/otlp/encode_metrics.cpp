// SPDX-License-Identifier: Apache-2.0
#include "otlp/common_fields.hpp"
#include "otlp/encode.hpp"

namespace meshhost::otlp {

namespace {

using protozero::pbf_writer;
using telemetry::metric_kind;

// Field numbers of opentelemetry-proto's metrics/v1; each enumeration is one of its messages.
enum request_field : protozero::pbf_tag_type { resource_metrics = 1 };
enum resource_metrics_field : protozero::pbf_tag_type { its_resource = 1, scope_metrics = 2 };
enum scope_metrics_field : protozero::pbf_tag_type { its_scope = 1, its_metrics = 2 };
enum metric_field : protozero::pbf_tag_type {
    metric_name = 1,
    metric_description = 2,
    metric_unit = 3,
    as_gauge = 5,
    as_sum = 7,
    as_histogram = 9,
};
enum data_field : protozero::pbf_tag_type {  // of Gauge, Sum and Histogram alike
    data_points = 1,
    temporality = 2,
    is_monotonic = 3,
};
enum number_point_field : protozero::pbf_tag_type {
    number_started = 2,
    number_taken = 3,
    number_value = 4,
    number_attributes = 7,
};
enum histogram_point_field : protozero::pbf_tag_type {
    histogram_started = 2,
    histogram_taken = 3,
    histogram_count = 4,
    histogram_sum = 5,
    histogram_buckets = 6,
    histogram_bounds = 7,
    histogram_exemplars = 8,
    histogram_attributes = 9,
};
enum exemplar_field : protozero::pbf_tag_type {
    exemplar_at = 2,
    exemplar_value = 3,
    exemplar_span = 4,
    exemplar_trace = 5,
};

constexpr std::int32_t cumulative = 2;

std::vector<telemetry::attribute> attributes_of(const telemetry::metric_point& point) {
    auto all = point.attributes;
    if (point.is_overflow) all.push_back({"otel.metric.overflow", true});
    return all;
}

void put_exemplar(pbf_writer& to, const telemetry::exemplar& seen) {
    pbf_writer out(to, histogram_exemplars);
    out.add_fixed64(exemplar_at, unix_ns(seen.at));
    out.add_double(exemplar_value, seen.value);
    put_id(out, exemplar_span, seen.span);
    put_id(out, exemplar_trace, seen.trace);
}

void put_histogram_point(
    pbf_writer& to,
    const telemetry::metrics_snapshot& of,
    const telemetry::metric& metric,
    const telemetry::metric_point& point
) {
    pbf_writer out(to, data_points);
    out.add_fixed64(histogram_started, unix_ns(of.started));
    out.add_fixed64(histogram_taken, unix_ns(of.taken));
    out.add_fixed64(histogram_count, point.count);
    out.add_double(histogram_sum, point.value);
    out.add_packed_fixed64(histogram_buckets, point.buckets.begin(), point.buckets.end());
    out.add_packed_double(histogram_bounds, metric.bounds.begin(), metric.bounds.end());
    for (const auto& each : point.exemplars)
        put_exemplar(out, each);
    put_attributes(out, histogram_attributes, attributes_of(point));
}

void put_number_point(
    pbf_writer& to,
    const telemetry::metrics_snapshot& of,
    const telemetry::metric_point& point
) {
    pbf_writer out(to, data_points);
    out.add_fixed64(number_started, unix_ns(of.started));
    out.add_fixed64(number_taken, unix_ns(of.taken));
    out.add_double(number_value, point.value);
    put_attributes(out, number_attributes, attributes_of(point));
}

metric_field data_of(metric_kind kind) {
    switch (kind) {
    case metric_kind::histogram:
        return as_histogram;
    case metric_kind::counter:
    case metric_kind::updown:
        return as_sum;
    case metric_kind::gauge:
        break;
    }
    return as_gauge;
}

void put_metric(
    pbf_writer& to,
    const telemetry::metrics_snapshot& of,
    const telemetry::metric& metric
) {
    pbf_writer out(to, its_metrics);
    out.add_string(metric_name, metric.name);
    if (!metric.description.empty()) out.add_string(metric_description, metric.description);
    if (!metric.unit.empty()) out.add_string(metric_unit, metric.unit);
    pbf_writer data(out, data_of(metric.kind));
    for (const auto& point : metric.points) {
        if (metric.kind == metric_kind::histogram)
            put_histogram_point(data, of, metric, point);
        else
            put_number_point(data, of, point);
    }
    if (metric.kind == metric_kind::gauge) return;
    data.add_enum(temporality, cumulative);
    if (metric.kind == metric_kind::counter) data.add_bool(is_monotonic, true);
}

}  // namespace

std::string encode_metrics(
    const resource& by,
    std::string_view version,
    std::span<const scoped_metrics> all
) {
    std::string out;
    pbf_writer request(out);
    {
        pbf_writer whole(request, resource_metrics);
        put_resource(whole, its_resource, by);
        for (const auto& each : all) {
            pbf_writer group(whole, scope_metrics);
            put_scope(group, its_scope, each.scope, version);
            for (const auto& metric : each.said.metrics)
                if (!metric.points.empty()) put_metric(group, each.said, metric);
        }
    }
    return out;
}

}  // namespace meshhost::otlp
