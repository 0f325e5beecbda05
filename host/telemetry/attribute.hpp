// SPDX-License-Identifier: Apache-2.0
#pragma once
// A name and a value beside a measurement or a span, as OpenTelemetry has them.
#include <cstdint>
#include <string>
#include <variant>

namespace meshhost::telemetry {

using attribute_value = std::variant<bool, std::int64_t, std::uint64_t, double, std::string>;

struct attribute {
    std::string key;
    attribute_value value;
};

}  // namespace meshhost::telemetry
