// SPDX-License-Identifier: Apache-2.0
#pragma once
// Whether and where spans are exported: the configuration, and where that says nothing the
// environment, as OpenTelemetry has it (specification/protocol/exporter,
// configuration/sdk-environment-variables).
#include "config/host_config.hpp"
#include "config/surroundings.hpp"
#include "identity/endpoint_id.hpp"
#include "otlp/exporter.hpp"
#include "otlp/metrics_exporter.hpp"

#include <optional>
#include <string>
#include <vector>

namespace meshhost::app {

struct metrics_choice {
    http_url to;  ///< with the whole path
    otlp::metrics_options options;
};

struct otlp_choice {
    std::optional<otlp::exporter_options> options;  ///< nullopt: no spans are exported
    /// A collector, with the whole path of traces; nullopt: another member of the mesh.
    std::optional<http_url> collector;
    std::optional<metrics_choice> metrics;  ///< nullopt: none are exported
    otlp::http_channel::header_list headers;
    duration timeout = 10s;             ///< of a request to a collector
    std::vector<std::string> warnings;  ///< what of the environment is not understood
};

otlp_choice choose_otlp(
    const config::host_config& settings,
    const config::surroundings& around,
    const identity::endpoint_id& self
);

/// A name-based UUID of the key (RFC 9562 §5.5), in the namespace that OpenTelemetry's conventions
/// give to service.instance.id.
std::string service_instance_id(const identity::endpoint_id& self);

}  // namespace meshhost::app
