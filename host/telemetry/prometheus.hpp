// SPDX-License-Identifier: Apache-2.0
#pragma once
// Metrics in the text of Prometheus (exposition format 0.0.4) or of OpenMetrics 1.0, named as
// OpenTelemetry maps its own (specification/compatibility/prometheus_and_openmetrics). Pure.
#include "telemetry/metric.hpp"

#include <map>
#include <string>
#include <string_view>

namespace meshhost::telemetry {

enum class text_format : std::uint8_t {
    prometheus,   ///< what every scraper reads
    openmetrics,  ///< the same, with a trace beside a histogram's buckets
};

/// Gathers what several sources measure; metrics of one name become one family.
class prometheus_text {
public:
    explicit prometheus_text(text_format format = text_format::prometheus)
        : format_(format) {}

    /// `also` is added to the attributes of each point: whose they are.
    void add(const std::vector<metric>& metrics, const std::vector<attribute>& also = {});

    /// The families in the order of their names.
    std::string text() const;

    /// "mesh.path.rtt" in "s" → "mesh_path_rtt_seconds"; counters end in "_total".
    static std::string family_name(std::string_view name, std::string_view unit, metric_kind kind);

private:
    struct family {
        std::string type;
        std::string help;
        std::string lines;
    };

    text_format format_;
    std::map<std::string, family> families_;
};

}  // namespace meshhost::telemetry
