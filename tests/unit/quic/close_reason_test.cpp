// SPDX-License-Identifier: Apache-2.0
#include "quic/close_reason.hpp"
#include "support/catch.hpp"

#include <set>

using namespace meshhost::quic;

namespace {

std::string printable(std::string_view raw) {
    return printable_reason(reinterpret_cast<const std::uint8_t*>(raw.data()), raw.size());
}

}  // namespace

TEST_CASE("quic: every close cause has words of its own", "[close_reason]") {
    std::set<std::string> words;
    for (std::size_t i = 0; i < close_cause_count; ++i)
        words.insert(to_string(static_cast<close_cause>(i)));
    CHECK(words.size() == close_cause_count);
    CHECK_FALSE(words.contains("unknown"));
    CHECK(std::string(to_string(static_cast<close_cause>(close_cause_count))) == "unknown");
}

TEST_CASE("quic: a peer's reason cannot break a log line, nor fill it", "[close_reason]") {
    CHECK(printable("all is well") == "all is well");
    CHECK(printable("two\nlines\x1b[31m\x7f\xc3\xa4") == "two?lines?[31m???");
    CHECK(printable(std::string(1000, 'x')) == std::string(close_reason_bytes_max, 'x'));
    CHECK(printable("").empty());
    CHECK(printable_reason(nullptr, 0).empty());
}

TEST_CASE("quic: a reset and a closed port are evidence, silence is not", "[close_reason]") {
    CHECK(is_positive(close_cause::port_closed));
    CHECK(is_positive(close_cause::stateless_reset));
    CHECK_FALSE(is_positive(close_cause::unresponsive));
    CHECK_FALSE(is_positive(close_cause::idle_timeout));
    CHECK_FALSE(is_positive(close_cause::handshake_timeout));
}
