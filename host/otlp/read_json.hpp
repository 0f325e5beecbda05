// SPDX-License-Identifier: Apache-2.0
#pragma once
// The half of read_traces() that reads JSON; the other is read_protobuf.hpp. Pure.
#include "otlp/trace_reader.hpp"

#include <string_view>

namespace meshhost::otlp {

/// Throws std::invalid_argument, with what is wrong, when it is no such message.
told_request read_json(std::string_view request);

}  // namespace meshhost::otlp
