// SPDX-License-Identifier: Apache-2.0
#include "support/catch.hpp"
#include "usage/proto/proc_text.hpp"

#include <string>

using namespace meshhost;
using usage::proto::parse_process_stat;
using usage::proto::parse_resident_pages;
using usage::proto::process_stat;

namespace {

/// As the kernel writes it, up to field 24.
std::string stat_of(const std::string& name) {
    return "4711 (" + name
           + ") S 1 4711 4711 0 -1 4194560 9015 0 3 0 1234 567 0 0 20 0 9 0 2077 "
             "371769344 3351 18446744073709551615\n";
}

}  // namespace

TEST_CASE("proc text: ticks and threads of a process", "[usage]") {
    CHECK(parse_process_stat(stat_of("meshhost")) == process_stat{1234, 567, 9});
}

TEST_CASE("proc text: a process may call itself anything", "[usage]") {
    for (const std::string name : {"", " ", "a b", "a) S 1 2 3", "((", "))", "a\nb", "7 7 7 7 7 7"})
        CHECK(parse_process_stat(stat_of(name)) == process_stat{1234, 567, 9});
}

TEST_CASE("proc text: a short reading is none", "[usage]") {
    const auto whole = stat_of("meshhost");
    const auto threads_end = whole.find(" 9 0 2077") + 2;
    for (std::size_t length = 0; length < threads_end; ++length) {
        INFO(length);
        CHECK(parse_process_stat(whole.substr(0, length)).has_value() == (length == threads_end));
    }
    CHECK(parse_process_stat(whole.substr(0, threads_end)));
}

TEST_CASE("proc text: what is no number, or too large a one, is no reading", "[usage]") {
    auto text = stat_of("meshhost");
    text.replace(text.find("1234"), 4, GENERATE("-123", "12x4", "99999999999999999999", "0x12"));
    CHECK_FALSE(parse_process_stat(text));
}

TEST_CASE("proc text: resident pages", "[usage]") {
    CHECK(parse_resident_pages("90764 3351 2816 1015 0 10251 0\n") == 3351U);
    CHECK(parse_resident_pages("90764 3351") == 3351U);
}

TEST_CASE("proc text: no resident pages without a second number", "[usage]") {
    CHECK_FALSE(parse_resident_pages(GENERATE("", "\n", "90764", "90764 ", "90764 -1", "1 1e9")));
}
