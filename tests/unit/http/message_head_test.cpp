// SPDX-License-Identifier: Apache-2.0
#include "http/message_head.hpp"
#include "support/catch.hpp"

using namespace meshhost;

TEST_CASE("http: where a head ends", "[http][head]") {
    CHECK(http::find_head(as_bytes("GET / HTTP/1.1\r\n\r\nmore")) == 18);
    CHECK(!http::find_head(as_bytes("GET / HTTP/1.1\r\n")));
    CHECK(!http::find_head({}));
}

TEST_CASE("http: a request's head", "[http][head]") {
    const auto asked = http::parse_request_head(
        "GET /relay?token=a%20b HTTP/1.1\r\nHost: relay\r\nX-Mixed-Case:  Value \r\n\r\n"
    );
    REQUIRE(asked);
    CHECK(asked->method == "GET");
    CHECK(asked->path == "/relay");
    CHECK(asked->query.at("token") == "a b");
    CHECK(http::find_header(asked->headers, "x-mixed-case") == "Value");
    CHECK(http::find_header(asked->headers, "other").empty());
    for (const auto* wrong :
         {"GET / HTTP/1.0\r\n\r\n",
          "GET / HTTP/2.0\r\n\r\n",
          "GET /\r\n\r\n",
          "GET /?a=%zz HTTP/1.1\r\n\r\n",
          "GET / HTTP/1.1\r\nno colon\r\n\r\n",
          "GET / HTTP/1.1\r\n",
          ""})
        CHECK(!http::parse_request_head(wrong));
}

TEST_CASE("http: an answer's head", "[http][head]") {
    const auto answer =
        http::parse_answer_head("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n");
    REQUIRE(answer);
    CHECK(answer->status == 101);
    CHECK(http::find_header(answer->headers, "upgrade") == "websocket");
    CHECK(
        http::parse_answer_head("HTTP/1.1 404 Not Found\r\nContent-Length: 9\r\n\r\n")->status
        == 404
    );
    CHECK(!http::parse_answer_head("SSH-2.0-OpenSSH\r\n\r\n"));
}
