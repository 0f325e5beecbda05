// SPDX-License-Identifier: Apache-2.0
#pragma once
// The messages that all signals of OTLP share (opentelemetry-proto 1.x: common/v1, resource/v1).
#include "otlp/encode.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

#include <protozero/pbf_writer.hpp>

namespace meshhost::otlp {

/// As repeated KeyValue.
void put_attributes(
    protozero::pbf_writer& to,
    protozero::pbf_tag_type field,
    const std::vector<telemetry::attribute>& attributes
);

/// As Resource.
void put_resource(protozero::pbf_writer& to, protozero::pbf_tag_type field, const resource& by);

/// As InstrumentationScope.
void put_scope(
    protozero::pbf_writer& to,
    protozero::pbf_tag_type field,
    std::string_view name,
    std::string_view version
);

/// A trace's or a span's, as bytes.
template <class Id>
void put_id(protozero::pbf_writer& to, protozero::pbf_tag_type field, const Id& id) {
    to.add_bytes(field, reinterpret_cast<const char*>(id.data()), id.size());
}

inline std::uint64_t unix_ns(duration since_epoch) {
    return static_cast<std::uint64_t>(since_epoch.count());
}

}  // namespace meshhost::otlp
