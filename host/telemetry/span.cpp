// SPDX-License-Identifier: Apache-2.0
#include "telemetry/span.hpp"

namespace meshhost::telemetry {

const char* to_string(span_kind kind) noexcept {
    switch (kind) {
    case span_kind::internal:
        return "internal";
    case span_kind::server:
        return "server";
    case span_kind::client:
        return "client";
    case span_kind::producer:
        return "producer";
    case span_kind::consumer:
        return "consumer";
    }
    return "unknown";
}

}  // namespace meshhost::telemetry
