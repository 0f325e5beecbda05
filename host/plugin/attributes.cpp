// SPDX-License-Identifier: Apache-2.0
#include "plugin/attributes.hpp"

#include "plugin/ext/views.hpp"
#include "plugin/proto/limits.hpp"
#include "plugin/proto/plain_text.hpp"

#include <algorithm>
#include <string_view>

namespace meshhost::plugin {

namespace {

constexpr std::uint64_t fnv_offset = 0xcbf29ce484222325;
constexpr std::uint64_t fnv_prime = 0x100000001b3;

std::uint64_t fnv(std::uint64_t from, std::string_view text) noexcept {
    for (const char c : text)
        from = (from ^ static_cast<unsigned char>(c)) * fnv_prime;
    return from;
}

std::uint64_t fnv(std::uint64_t from, std::uint64_t number) noexcept {
    for (int i = 0; i < 8; ++i, number >>= 8)
        from = (from ^ (number & 0xff)) * fnv_prime;
    return from;
}

std::string_view text_in(const mesh_value& value) noexcept {
    return view(value.as.str).substr(0, proto::attribute_text_max);
}

std::string_view key_in(const mesh_attr& attribute) noexcept {
    return view(attribute.key).substr(0, proto::attribute_key_max);
}

}  // namespace

std::optional<telemetry::attribute_value> read_value(const mesh_value& value) {
    switch (value.type) {
    case MESH_T_BOOL:
        return telemetry::attribute_value(value.as.b != 0);
    case MESH_T_I64:
        return telemetry::attribute_value(value.as.i64);
    case MESH_T_U64:
        return telemetry::attribute_value(value.as.u64);
    case MESH_T_F64:
        return telemetry::attribute_value(value.as.f64);
    case MESH_T_STR:
        return telemetry::attribute_value(
            proto::plain_text(text_in(value), proto::attribute_text_max)
        );
    default:
        return std::nullopt;
    }
}

std::vector<telemetry::attribute> read_attributes(
    std::span<const mesh_attr> attributes,
    std::size_t count_max
) {
    std::vector<telemetry::attribute> read;
    for (const mesh_attr& each : attributes.first(std::min(attributes.size(), count_max))) {
        if (auto value = read_value(each.value)) {
            read.push_back(
                {proto::plain_text(key_in(each), proto::attribute_key_max), std::move(*value)}
            );
        }
    }
    std::sort(read.begin(), read.end(), [](const auto& a, const auto& b) { return a.key < b.key; });
    return read;
}

std::uint64_t hash_of(std::span<const mesh_attr> attributes) noexcept {
    std::uint64_t sum = 0;
    for (const mesh_attr& each : attributes) {
        std::uint64_t one = fnv(fnv(fnv_offset, key_in(each)), std::uint64_t{each.value.type});
        if (each.value.type == MESH_T_STR) {
            one = fnv(one, text_in(each.value));
        } else if (each.value.type == MESH_T_BOOL) {
            one = fnv(one, std::uint64_t{each.value.as.b != 0});
        } else if (each.value.type != MESH_T_BYTES && each.value.type != MESH_T_NONE) {
            one = fnv(one, each.value.as.u64);
        }
        sum += one;
    }
    return sum;
}

std::span<const mesh_attr> attributes_of(
    const mesh_attr* attributes,
    std::size_t count,
    std::size_t count_max
) noexcept {
    if (attributes == nullptr) return {};
    return {attributes, std::min(count, count_max)};
}

}  // namespace meshhost::plugin
