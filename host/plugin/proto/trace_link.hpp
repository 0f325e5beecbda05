// SPDX-License-Identifier: Apache-2.0
#pragma once
// mesh.trace/1 on the link.
#include "telemetry/span.hpp"

namespace meshhost::plugin::proto::up {

struct span_ended {
    telemetry::span span;
};

}  // namespace meshhost::plugin::proto::up
