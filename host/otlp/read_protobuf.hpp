// SPDX-License-Identifier: Apache-2.0
#pragma once
// The half of read_traces() that reads protobuf; the other is read_json.hpp. Pure.
#include "otlp/trace_reader.hpp"

#include <string_view>

namespace meshhost::otlp {

/// Throws what protozero throws, or std::invalid_argument, when it is no such message.
told_request read_protobuf(std::string_view request);

}  // namespace meshhost::otlp
