// SPDX-License-Identifier: Apache-2.0
#include "otlp/read_protobuf.hpp"

#include "otlp/span_draft.hpp"

#include <stdexcept>

#include <protozero/pbf_reader.hpp>

namespace meshhost::otlp {

namespace {

using protozero::pbf_reader;
using protozero::pbf_wire_type;

constexpr auto length_delimited = pbf_wire_type::length_delimited;
constexpr auto varint = pbf_wire_type::varint;
constexpr auto fixed64 = pbf_wire_type::fixed64;

/// A field of a message, with the wire type that it has to have: else it is none that is known.
constexpr std::uint32_t field(protozero::pbf_tag_type number, pbf_wire_type type) {
    return protozero::tag_and_type(number, type);
}

bytes_view bytes_of(pbf_reader& from) {
    const auto view = from.get_view();
    return as_bytes({view.data(), view.size()});
}

std::string_view text_of(pbf_reader& from) {
    const auto view = from.get_view();
    const std::string_view text(view.data(), view.size());
    if (!is_utf8(text)) throw std::invalid_argument("a text is not UTF-8");
    return text;
}

/// An AnyValue; false: of a kind that nobody shows, or of none.
bool read_value(pbf_reader from, telemetry::attribute_value& value) {
    bool is_known = false;
    while (from.next()) {
        is_known = true;
        switch (from.tag_and_type()) {
        case field(1, length_delimited):
            value = std::string(text_of(from));
            break;
        case field(2, varint):
            value = from.get_uint64() != 0;  // get_bool() reads what may not be there
            break;
        case field(3, varint):
            value = from.get_int64();
            break;
        case field(4, fixed64):
            value = from.get_double();
            break;
        default:
            is_known = false;
            from.skip();
        }
    }
    return is_known;
}

void read_attribute(pbf_reader from, attribute_draft& into) {
    std::string_view key;
    telemetry::attribute_value value;
    bool has_value = false;
    while (from.next())
        switch (from.tag_and_type()) {
        case field(1, length_delimited):
            key = text_of(from);
            break;
        case field(2, length_delimited):
            has_value = read_value(from.get_message(), value);
            break;
        default:
            from.skip();
        }
    has_value ? into.add(key, std::move(value)) : into.drop();
}

void read_event(pbf_reader from, span_draft& into) {
    std::uint64_t at = 0;
    std::string_view name;
    attribute_draft attributes(read_limits::event_attributes_max);
    while (from.next())
        switch (from.tag_and_type()) {
        case field(1, fixed64):
            at = from.get_fixed64();
            break;
        case field(2, length_delimited):
            name = text_of(from);
            break;
        case field(3, length_delimited):
            read_attribute(from.get_message(), attributes);
            break;
        default:
            from.skip();
        }
    into.add_event(name, at, std::move(attributes));
}

void read_link(pbf_reader from, span_draft& into) {
    bytes_view trace;
    bytes_view span;
    while (from.next())
        switch (from.tag_and_type()) {
        case field(1, length_delimited):
            trace = bytes_of(from);
            break;
        case field(2, length_delimited):
            span = bytes_of(from);
            break;
        default:
            from.skip();
        }
    into.add_link(trace, span);
}

void read_status(pbf_reader from, span_draft& into) {
    std::string_view message;
    std::int64_t code = 0;
    while (from.next())
        switch (from.tag_and_type()) {
        case field(2, length_delimited):
            message = text_of(from);
            break;
        case field(3, varint):
            code = from.get_enum();
            break;
        default:
            from.skip();
        }
    into.set_status(code, message);
}

span_draft read_span(pbf_reader from) {
    span_draft into;
    while (from.next())
        switch (from.tag_and_type()) {
        case field(1, length_delimited):
            into.set_trace(bytes_of(from));
            break;
        case field(2, length_delimited):
            into.set_id(bytes_of(from));
            break;
        case field(4, length_delimited):
            into.set_parent(bytes_of(from));
            break;
        case field(5, length_delimited):
            into.set_name(text_of(from));
            break;
        case field(6, varint):
            into.set_kind(from.get_enum());
            break;
        case field(7, fixed64):
            into.set_start(from.get_fixed64());
            break;
        case field(8, fixed64):
            into.set_end(from.get_fixed64());
            break;
        case field(9, length_delimited):
            read_attribute(from.get_message(), into.attributes);
            break;
        case field(10, varint):
            into.set_dropped(from.get_uint32());
            break;
        case field(11, length_delimited):
            read_event(from.get_message(), into);
            break;
        case field(13, length_delimited):
            read_link(from.get_message(), into);
            break;
        case field(15, length_delimited):
            read_status(from.get_message(), into);
            break;
        default:
            from.skip();
        }
    return into;
}

resource read_resource(pbf_reader from) {
    attribute_draft attributes(read_limits::attributes_max);
    while (from.next(1, length_delimited))
        read_attribute(from.get_message(), attributes);
    return attributes.take();
}

/// A ResourceSpans. Whose the spans are may stand behind them.
void read_group(pbf_reader from, request_draft& into) {
    pbf_reader again = from;
    resource by;
    while (from.next(1, length_delimited))
        by = read_resource(from.get_message());
    into.begin(std::move(by));
    while (again.next(2, length_delimited)) {
        pbf_reader scope = again.get_message();
        while (scope.next(2, length_delimited))
            into.add(read_span(scope.get_message()));
    }
}

}  // namespace

told_request read_protobuf(std::string_view request) {
    request_draft told;
    pbf_reader whole(request.data(), request.size());
    while (whole.next(1, length_delimited))
        read_group(whole.get_message(), told);
    return told.take();
}

}  // namespace meshhost::otlp
