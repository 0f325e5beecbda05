// SPDX-License-Identifier: Apache-2.0
#include "gossip/proto/extension.hpp"

#include "gossip/proto/limits.hpp"
#include "wire/postcard.hpp"

namespace meshhost::gossip::proto {

namespace {

enum tag : std::uint8_t {
    tag_urgency = 1,
    tag_trace = 2,
    tag_heal = 3,
    tag_component = 4,
    tag_observer = 5,
    tag_ages = 6,
};

constexpr std::size_t component_size = 32;

void take(extension& out, std::uint8_t tag, bytes_view value) noexcept {
    if (tag == tag_urgency && value.size() == 1) {
        if (value[0] == 1) out.how = urgency::urgent;
        if (value[0] == 2) out.how = urgency::low;
    } else if (tag == tag_trace && value.size() <= trace_size_max) {
        out.trace = value;
    } else if (tag == tag_heal && value.empty()) {
        out.is_heal = true;
    } else if (tag == tag_component && value.size() == component_size) {
        out.component = value;
    } else if (tag == tag_observer && value.empty()) {
        out.is_observer = true;
    } else if (tag == tag_ages && value.size() <= ages_max) {
        out.ages = value;
    }
}

void append(wire::postcard_writer& out, std::uint8_t tag, bytes_view value) {
    out.u8(tag);
    out.bytes(value);
}

}  // namespace

extension decode_extension(bytes_view bytes) noexcept {
    extension out;
    if (bytes.size() > extension_size_max) return out;
    wire::postcard_reader in(bytes);
    while (in.ok() && !in.at_end()) {
        const std::uint8_t tag = in.u8();
        const bytes_view value = in.bytes(extension_size_max);
        if (in.ok()) take(out, tag, value);
    }
    return in.ok() ? out : extension{};
}

void append_extension(byte_buffer& out, const extension& what) {
    wire::postcard_writer writer(out);
    if (what.how != urgency::normal) {
        const auto value = static_cast<std::uint8_t>(what.how);
        append(writer, tag_urgency, bytes_view(&value, 1));
    }
    if (!what.trace.empty()) append(writer, tag_trace, what.trace);
    if (what.is_heal) append(writer, tag_heal, {});
    if (!what.component.empty()) append(writer, tag_component, what.component);
    if (what.is_observer) append(writer, tag_observer, {});
    if (!what.ages.empty()) append(writer, tag_ages, what.ages);
}

}  // namespace meshhost::gossip::proto
