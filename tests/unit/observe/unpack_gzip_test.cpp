// SPDX-License-Identifier: Apache-2.0
#include "observe/proto/gzip_text.hpp"
#include "observe/proto/unpack_gzip.hpp"
#include "support/catch.hpp"

using namespace meshhost::observe::proto;

namespace {

std::string packed(std::string_view text) {
    gzip_text pack;
    pack.add(text);
    return pack.finish();
}

}  // namespace

TEST_CASE("observe: what is packed is unpacked up to a limit", "[observe]") {
    const std::string text(100'000, 'x');
    CHECK(unpack_gzip(packed(text), text.size()).text == text);
    CHECK(unpack_gzip(packed(text), text.size() - 1).fault == unpack_fault::too_large);
    CHECK(unpack_gzip(packed("a") + packed("b"), 2).text == "ab");
    CHECK(unpack_gzip(packed("a") + packed("b"), 1).fault == unpack_fault::too_large);
    CHECK(unpack_gzip(packed(""), 0).text.empty());
    CHECK_FALSE(unpack_gzip(packed(""), 0).fault);
}

TEST_CASE("observe: what is not gzip, or not all of it, is refused", "[observe]") {
    const auto whole = packed("some text");
    for (const auto& odd :
         {std::string(),
          std::string("x"),
          std::string(1000, '\0'),
          whole + "x",
          whole.substr(0, whole.size() - 1),
          whole.substr(1)})
        CHECK(unpack_gzip(odd, 1000).fault == unpack_fault::not_gzip);
    auto torn = whole;
    torn[torn.size() - 6] ^= 1;  // of the checksum
    CHECK(unpack_gzip(torn, 1000).fault == unpack_fault::not_gzip);
}
