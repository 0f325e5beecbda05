// SPDX-License-Identifier: Apache-2.0
#pragma once
// Attributes as the ABI has them, read into ours: bounded, and without those that have no value.
#include <mesh/plugin.h>

#include "telemetry/attribute.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace meshhost::plugin {

/// nullopt for bytes, for nothing, and for what is no value.
std::optional<telemetry::attribute_value> read_value(const mesh_value& value);

/// At most `count_max` of them.
std::vector<telemetry::attribute> read_attributes(
    std::span<const mesh_attr> attributes,
    std::size_t count_max
);

/// A number that does not depend on their order. Allocates nothing.
std::uint64_t hash_of(std::span<const mesh_attr> attributes) noexcept;

/// The first `count_max`; none when the pointer is null.
std::span<const mesh_attr> attributes_of(
    const mesh_attr* attributes,
    std::size_t count,
    std::size_t count_max
) noexcept;

}  // namespace meshhost::plugin
