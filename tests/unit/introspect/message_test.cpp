// SPDX-License-Identifier: Apache-2.0
#include "introspect/message.hpp"
#include "support/catch.hpp"

using namespace meshhost;
using namespace meshhost::introspect;

namespace {

/// What is behind the length.
bytes_view content(const byte_buffer& message) {
    return bytes_view(message).subspan(4);
}

}  // namespace

// docs/wire/introspect.md has these bytes.
TEST_CASE("introspect: the vectors", "[introspect]") {
    const question asked{{"GET", "/v1/events", "", {{"since", "5"}}}, "ab12"};
    CHECK(
        as_text(*encode(asked))
        == std::string(
               "\0\0\0\x4f",
               4
           ) + R"({"method":"GET","path":"/v1/events","query":"since=5","body":"","proof":"ab12"})"
    );
    CHECK(
        as_text(encode(answer_head{200, "application/json"}))
        == std::string("\0\0\0\x30", 4) + R"({"status":200,"content_type":"application/json"})"
    );
}

TEST_CASE("introspect: a question is read as it was written", "[introspect]") {
    const question asked{{"POST", "/v1/ping", R"({"peer":"a"})", {{"a", "x & y"}}}, "00ff"};
    const auto read = decode_question(content(*encode(asked)));
    REQUIRE(read);
    CHECK(read->asked.method == "POST");
    CHECK(read->asked.path == "/v1/ping");
    CHECK(read->asked.body == R"({"peer":"a"})");
    CHECK(read->asked.query == asked.asked.query);
    CHECK(read->proof == "00ff");
}

TEST_CASE("introspect: what a later version adds is skipped", "[introspect]") {
    CHECK(decode_question(as_bytes(R"({"method":"GET","path":"/","more":[1]})")));
    CHECK(decode_head(as_bytes(R"({"status":200,"more":{}})")));
}

TEST_CASE("introspect: a question that makes no sense is none", "[introspect]") {
    for (const auto* text :
         {"",
          "7",
          "[]",
          "{}",
          R"({"method":"GET"})",
          R"({"method":1,"path":"/"})",
          R"({"method":"GET","path":""})",
          R"({"method":"GET","path":"/","query":{}})",
          R"({"method":"GET","path":"/","query":"a=1&a=2"})",
          R"({"method":"GET","path":"/","query":"%zz"})",
          R"({"method":"GET","path":"/"}x)"})
        CHECK_FALSE(decode_question(as_bytes(text)));
    const std::string deep(1000, '[');
    CHECK_FALSE(decode_question(as_bytes(deep)));
}

TEST_CASE("introspect: a head that makes no sense is none", "[introspect]") {
    for (const auto* text :
         {"",
          "{}",
          R"({"status":"200"})",
          R"({"status":99})",
          R"({"status":600})",
          R"({"status":200,"content_type":1})"})
        CHECK_FALSE(decode_head(as_bytes(text)));
}

TEST_CASE("introspect: a question over the limit is not sent", "[introspect]") {
    question asked{{"POST", "/v1/ping", std::string(message_max, 'x'), {}}, ""};
    CHECK_FALSE(encode(asked));
}

TEST_CASE("introspect: the reader takes one message and leaves the rest", "[introspect]") {
    const byte_buffer bytes{0, 0, 0, 3, 'a', 'b', 'c', 'd'};
    message_reader reader;
    bytes_view first = bytes_view(bytes).first(5);
    CHECK(reader.take(first) == message_reader::state::reading);
    CHECK(first.empty());
    bytes_view second = bytes_view(bytes).subspan(5);
    CHECK(reader.take(second) == message_reader::state::whole);
    CHECK(as_text(second) == "d");
    CHECK(as_text(reader.message()) == "abc");
}
