// SPDX-License-Identifier: Apache-2.0
// Works on fields as bytes, so that those of a later version are carried like the others.
#include "peers/proto/digest_delta.hpp"

#include "base/assert.hpp"
#include "peers/proto/config.hpp"
#include "peers/proto/digest_field.hpp"
#include "peers/proto/errc.hpp"

#include <algorithm>
#include <map>

namespace meshhost::peers::proto {

namespace {

using wire::postcard_reader;
using wire::postcard_writer;

using field_map = std::map<std::uint8_t, bytes_view>;

/// A record, not verified, with its fields as they are.
struct raw_record {
    digest_head head;
    field_map fields;
    bytes_view signature;
};

/// In ascending order of their tags: at most 255, whatever the bytes say.
error_code read_raw_fields(postcard_reader& in, field_map& fields) {
    std::uint8_t last = 0;
    while (!in.at_end()) {
        const std::uint8_t tag = in.u8();
        const bytes_view content = in.bytes(record_size_max);
        if (!in.ok()) return errc::malformed;
        if (tag <= last) return errc::bad_field_order;
        last = tag;
        fields[tag] = content;
    }
    return {};
}

void read_state(postcard_reader& in, digest_head& head) {
    head.state = in.u8();
    head.uptime = in.u64();
}

result<raw_record> read_raw(bytes_view record) {
    if (record.size() < signature_size) return errc::malformed;
    const bytes_view body = record.first(record.size() - signature_size);
    const auto origin = digest_origin(body);
    if (!origin) return origin.error();
    raw_record raw;
    raw.head.origin = *origin;
    raw.signature = record.last(signature_size);
    postcard_reader in(body);
    in.fixed(1 + identity::endpoint_id::size);  // digest_origin() has read it
    raw.head.version.incarnation = in.u64();
    raw.head.version.sequence = in.u64();
    read_state(in, raw.head);
    if (const error_code error = read_raw_fields(in, raw.fields)) return error;
    return raw;
}

bool is_same(bytes_view left, bytes_view right) {
    return std::equal(left.begin(), left.end(), right.begin(), right.end());
}

bytes_view content_of(const field_map& fields, std::uint8_t tag) {
    const auto at = fields.find(tag);
    return at == fields.end() ? bytes_view{} : at->second;
}

}  // namespace

std::optional<digest_delta> read_delta(bytes_view body) {
    postcard_reader in(body);
    digest_delta delta;
    const auto origin = identity::endpoint_id::from_bytes(in.fixed(identity::endpoint_id::size));
    delta.version.incarnation = in.u64();
    delta.version.sequence = in.u64();
    delta.base = in.u64();
    const bool is_one = in.ok() && origin && in.remaining() >= signature_size
                        && delta.base < delta.version.sequence;
    if (!is_one) return std::nullopt;
    delta.origin = *origin;
    delta.rest = body.last(in.remaining());
    return delta;
}

result<byte_buffer> apply_delta(bytes_view record, const digest_delta& delta) {
    auto raw = read_raw(record);
    if (!raw) return raw.error();
    postcard_reader in(delta.rest.first(delta.rest.size() - signature_size));
    raw->head.version = delta.version;
    read_state(in, raw->head);
    field_map changed;
    if (const error_code error = read_raw_fields(in, changed)) return error;
    for (const auto& [tag, content] : changed)
        raw->fields[tag] = content;
    byte_buffer out;
    postcard_writer writer(out);
    write_head(writer, raw->head);
    for (const auto& [tag, content] : raw->fields)
        write_field(writer, tag, content);
    writer.fixed(delta.rest.last(signature_size));
    if (out.size() > record_size_max) return errc::too_large;
    return out;
}

tag_set tags_that_differ(bytes_view record, bytes_view other) {
    tag_set differing;
    const auto left = read_raw(record);
    const auto right = read_raw(other);
    if (!left || !right) return differing.set();
    for (std::size_t i = 0; i < differing.size(); ++i) {
        const auto tag = static_cast<std::uint8_t>(i);
        differing[i] = !is_same(content_of(left->fields, tag), content_of(right->fields, tag));
    }
    return differing;
}

byte_buffer make_delta(bytes_view record, std::uint64_t base, const tag_set& changed) {
    const auto raw = read_raw(record);
    MH_ASSERT(raw.has_value(), "it was signed here");
    byte_buffer out;
    postcard_writer writer(out);
    writer.fixed(raw->head.origin.bytes());
    writer.varint(raw->head.version.incarnation);
    writer.varint(raw->head.version.sequence);
    writer.varint(base);
    writer.u8(raw->head.state);
    writer.varint(raw->head.uptime);
    for (std::size_t i = 0; i < changed.size(); ++i) {
        if (!changed[i]) continue;
        writer.u8(static_cast<std::uint8_t>(i));
        writer.bytes(content_of(raw->fields, static_cast<std::uint8_t>(i)));
    }
    writer.fixed(raw->signature);
    return out;
}

}  // namespace meshhost::peers::proto
