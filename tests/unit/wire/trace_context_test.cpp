// SPDX-License-Identifier: Apache-2.0
#include "support/catch.hpp"
#include "wire/trace_context.hpp"

using namespace meshhost;
using namespace meshhost::wire;

namespace {

trace_context sample() {
    trace_context made;
    made.trace.fill(0xab);
    made.span.fill(0xcd);
    return made;
}

}  // namespace

TEST_CASE("trace context: 26 bytes, as docs/wire/trace.md has them", "[wire]") {
    CHECK(
        to_hex(encode(sample()))
        == "01"
           "abababababababababababababababab"
           "cdcdcdcdcdcdcdcd"
           "01"
    );
    CHECK(decode_trace_context(encode(sample())) == sample());
}

TEST_CASE("trace context: what is none is none", "[wire]") {
    const auto good = encode(sample());
    for (std::size_t size = 0; size < good.size(); ++size)
        CHECK_FALSE(decode_trace_context(bytes_view(good).first(size)).has_value());
    byte_buffer longer(good.begin(), good.end());
    longer.push_back(0);
    CHECK_FALSE(decode_trace_context(longer).has_value());
    auto other_version = good;
    other_version[0] = 2;
    CHECK_FALSE(decode_trace_context(other_version).has_value());
    trace_context no_trace = sample();
    no_trace.trace.fill(0);
    CHECK_FALSE(decode_trace_context(encode(no_trace)).has_value());
    trace_context no_span = sample();
    no_span.span.fill(0);
    CHECK_FALSE(decode_trace_context(encode(no_span)).has_value());
}
