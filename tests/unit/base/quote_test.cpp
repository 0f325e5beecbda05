// SPDX-License-Identifier: Apache-2.0
#include "base/quote.hpp"
#include "support/catch.hpp"

using meshhost::in_quotes;

TEST_CASE("quote: plain text is put between quotes", "[base]") {
    CHECK(in_quotes("") == "\"\"");
    CHECK(in_quotes("a plain ~ text!") == "\"a plain ~ text!\"");
}

TEST_CASE("quote: what could break out of the line or the quotes is escaped", "[base]") {
    CHECK(in_quotes("a\nb\tc\x1b[31m") == "\"a\\x0ab\\x09c\\x1b[31m\"");
    CHECK(in_quotes("say \"hi\"\\") == "\"say \\x22hi\\x22\\x5c\"");
    CHECK(in_quotes(std::string_view("\0\x7f\xc3\xa4", 4)) == "\"\\x00\\x7f\\xc3\\xa4\"");
}

TEST_CASE("quote: long text is cut, and the cut shows", "[base]") {
    CHECK(in_quotes("abcdef", 6) == "\"abcdef\"");
    CHECK(in_quotes("abcdefg", 6) == "\"abcdef...\"");
    CHECK(in_quotes(std::string(1'000, 'x')).size() < 80);
}
