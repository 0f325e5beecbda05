// SPDX-License-Identifier: Apache-2.0
#pragma once
// A start's spans as OTLP has them in JSON (opentelemetry-proto 1.x, the JSON mapping: ids in hex,
// enums as numbers, 64-bit numbers as text). The same as what the dashboard lets people keep
// (admin-ui/src/traces/export.ts): tests/contract/boot_otlp.json holds both to it. Pure.
#include <boost/json/object.hpp>

#include <string>

namespace meshhost::observe::proto {

/// Of whom the spans are. Empty texts: not known.
struct otlp_source {
    std::string mesh;
    std::string node;  ///< its id
    std::string name;
    std::string version;
    std::string tier;
};

/// An ExportTraceServiceRequest of a boot's spans and of those of its join. `boot`: as
/// schemas/boot.json, of another host; what is not of that form is left out.
boost::json::object otlp_of_boot(const otlp_source& by, const boost::json::object& boot);

}  // namespace meshhost::observe::proto
