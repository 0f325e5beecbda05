// SPDX-License-Identifier: Apache-2.0
#include "otlp/trace_reader.hpp"

#include "otlp/read_json.hpp"
#include "otlp/read_protobuf.hpp"

#include <stdexcept>

#include <protozero/exception.hpp>

namespace meshhost::otlp {

namespace {

failure unreadable(const char* what) {
    return {
        exit_code::usage,
        "E_BAD_REQUEST",
        std::string("this is no ExportTraceServiceRequest: ") + what,
        "opentelemetry.io/docs/specs/otlp"};
}

}  // namespace

outcome<told_request> read_traces(std::string_view request, encoding in) {
    try {
        return in == encoding::protobuf ? read_protobuf(request) : read_json(request);
    } catch (const protozero::exception& fault) {
        return unreadable(fault.what());
    } catch (const std::invalid_argument& fault) {
        return unreadable(fault.what());
    }
}

}  // namespace meshhost::otlp
