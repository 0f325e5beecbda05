// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a receiver of spans answers, in the form in which it was asked. Pure.
#include "otlp/trace_reader.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace meshhost::otlp {

/// "application/x-protobuf" or "application/json".
const char* content_type_of(encoding in) noexcept;

/// An ExportTraceServiceResponse. `why`: of those that were not taken, where there are some.
std::string encode_answer(encoding in, std::uint64_t rejected, std::string_view why);

/// A google.rpc.Status. `code`: one of google.rpc.Code.
std::string encode_status(encoding in, int code, std::string_view message);

}  // namespace meshhost::otlp
