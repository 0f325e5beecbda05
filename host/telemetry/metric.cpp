// SPDX-License-Identifier: Apache-2.0
#include "telemetry/metric.hpp"

namespace meshhost::telemetry {

const char* to_string(metric_kind kind) noexcept {
    switch (kind) {
    case metric_kind::counter:
        return "counter";
    case metric_kind::updown:
        return "updown";
    case metric_kind::gauge:
        return "gauge";
    case metric_kind::histogram:
        return "histogram";
    }
    return "unknown";
}

}  // namespace meshhost::telemetry
