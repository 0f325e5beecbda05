// SPDX-License-Identifier: Apache-2.0
#include "ctl/terminal_text.hpp"
#include "ctl/words.hpp"
#include "ctl_fixture.hpp"

#include <boost/json/serialize.hpp>

using namespace meshhost;

TEST_CASE("ctl: what others say cannot move the cursor", "[ctl]") {
    CHECK(ctl::printable("a\x1b[2Jb\n\r\x7f") == "a?[2Jb???");
    CHECK(
        ctl::printable("\xc2\x9b"
                       "31m")
        == "?31m"
    );
    CHECK(ctl::printable("Grüße, 世界") == "Grüße, 世界");
    CHECK(ctl::value_text("\x1b[2J", "\x07") == "?[2J ?");
}

TEST_CASE("ctl: what others say cannot turn or hide the words beside it", "[ctl]") {
    CHECK(ctl::printable("a\u202egnp") == "a?gnp");        // right-to-left override
    CHECK(ctl::printable("a\u2066b\u2069") == "a?b?");     // isolates
    CHECK(ctl::printable("com\u200bpute") == "com?pute");  // zero width space
    CHECK(ctl::printable("\xff\xc3") == "??");             // no UTF-8
    CHECK(ctl::printable("\xed\xa0\x80") == "???");        // a surrogate
    CHECK(ctl::printable("\xc0\xaf") == "??");             // an overlong slash
}

TEST_CASE("ctl: JSON keeps its value and reaches no terminal as a control", "[ctl]") {
    const boost::json::object value{{"name", "a\u009b31m\u202e\x7f\U000E0001 世界"}};
    const auto text = ctl::printable_json(boost::json::serialize(value));
    CHECK(text == R"({"name":"a\u009b31m\u202e\u007f\udb40\udc01 世界"})");
    CHECK(test::json(text) == value);
}

TEST_CASE("ctl: columns that a text takes", "[ctl]") {
    CHECK(ctl::display_width("") == 0);
    CHECK(ctl::display_width("abc") == 3);
    CHECK(ctl::display_width("a · b") == 5);
    CHECK(ctl::display_width("世界") == 4);
    CHECK(ctl::display_width("e\u0301") == 1);
    CHECK(ctl::display_width("\x1b[31mabc\x1b[0m") == 3);
    CHECK(ctl::display_width("⬢ ● ✕ ▁▇") == 8);
}

TEST_CASE("ctl: a line is cut at a width, and its colours still end", "[ctl]") {
    CHECK(ctl::clipped("abcdef", 3) == "abc");
    CHECK(ctl::clipped("abc", 3) == "abc");
    CHECK(ctl::clipped("a世界", 2) == "a");
    CHECK(ctl::clipped("a世b", 2) == "a");
    CHECK(ctl::clipped("\x1b[31mabcdef\x1b[0mghi", 2) == "\x1b[31mab\x1b[0m");
}
