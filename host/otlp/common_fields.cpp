// SPDX-License-Identifier: Apache-2.0
#include "otlp/common_fields.hpp"

namespace meshhost::otlp {

namespace {

using protozero::pbf_writer;

enum resource_field : protozero::pbf_tag_type { resource_attributes = 1 };
enum scope_field : protozero::pbf_tag_type { scope_name = 1, scope_version = 2 };
enum key_value_field : protozero::pbf_tag_type { its_key = 1, its_value = 2 };
enum any_value_field : protozero::pbf_tag_type {
    string_value = 1,
    bool_value = 2,
    int_value = 3,
    double_value = 4,
};

struct value_writer {
    pbf_writer& to;
    void operator()(bool value) const { to.add_bool(bool_value, value); }
    void operator()(std::int64_t value) const { to.add_int64(int_value, value); }
    /// OTLP has no unsigned numbers.
    void operator()(std::uint64_t value) const {
        to.add_int64(int_value, static_cast<std::int64_t>(value));
    }
    void operator()(double value) const { to.add_double(double_value, value); }
    void operator()(const std::string& value) const { to.add_string(string_value, value); }
};

}  // namespace

void put_attributes(
    pbf_writer& to,
    protozero::pbf_tag_type field,
    const std::vector<telemetry::attribute>& attributes
) {
    for (const auto& each : attributes) {
        pbf_writer pair(to, field);
        pair.add_string(its_key, each.key);
        pbf_writer value(pair, its_value);
        std::visit(value_writer{value}, each.value);
    }
}

void put_resource(pbf_writer& to, protozero::pbf_tag_type field, const resource& by) {
    pbf_writer who(to, field);
    put_attributes(who, resource_attributes, by);
}

void put_scope(
    pbf_writer& to,
    protozero::pbf_tag_type field,
    std::string_view name,
    std::string_view version
) {
    pbf_writer scope(to, field);
    scope.add_string(scope_name, name.data(), name.size());
    scope.add_string(scope_version, version.data(), version.size());
}

}  // namespace meshhost::otlp
