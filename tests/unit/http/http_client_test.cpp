// SPDX-License-Identifier: Apache-2.0
#include "base/unique_fd.hpp"
#include "http/http_client.hpp"
#include "http_fixture.hpp"

using namespace meshhost;
using test::running_server;

TEST_CASE("http: the client reads a whole answer", "[http]") {
    running_server server;
    const auto answer = http::send_request(server.socket(), {"POST", "/size", "12345"}, 5s);
    REQUIRE(answer.has_value());
    CHECK(answer->status == 200);
    CHECK(answer->body == "5");
}

TEST_CASE("http: the client hands a stream over line by line", "[http]") {
    running_server server;
    std::vector<std::string> lines;
    const auto answer =
        http::stream_request(server.socket(), {"GET", "/lines", ""}, {5s, 5s}, [&](auto line) {
            lines.emplace_back(line);
            return true;
        });
    REQUIRE(answer.has_value());
    CHECK(answer->status == 200);
    CHECK(lines == std::vector<std::string>{"{\"line\":0}", "{\"line\":1}", "{\"line\":2}"});
}

TEST_CASE("http: a line taker can stop the stream", "[http]") {
    running_server server;
    int lines = 0;
    const auto answer =
        http::stream_request(server.socket(), {"GET", "/lines", ""}, {5s, 5s}, [&](auto) {
            ++lines;
            return false;
        });
    REQUIRE(answer.has_value());
    CHECK(lines == 1);
}

TEST_CASE("http: a side input is looked at while the answer is awaited, and can end it", "[http]") {
    running_server server;
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    const unique_fd reading(ends[0]);
    const unique_fd writing(ends[1]);
    REQUIRE(::write(writing.get(), "ab", 2) == 2);
    std::string heard;
    const auto take = [&] {
        char one = 0;
        if (::read(reading.get(), &one, 1) == 1) heard += one;
        return heard.size() < 2;
    };
    const http::side_input aside[] = {{reading.get(), take}};
    const auto answer = http::stream_request(
        server.socket(),
        {"GET", "/silence", ""},
        {60s, http::stream_timing::for_ever},
        [](auto) { return true; },
        aside
    );
    CHECK(answer.has_value());
    CHECK(heard == "ab");
}

TEST_CASE("http: no socket, and a socket nobody listens on, both mean no daemon", "[http]") {
    test::temp_dir directory;
    const auto missing = http::send_request(directory / "none.sock", {"GET", "/hello", ""}, 5s);
    REQUIRE(missing.has_error());
    CHECK(missing.error().exit == exit_code::no_daemon);

    std::filesystem::path abandoned;
    {
        auto claimed = http::unix_listener::claim(directory / "dead.sock");
        REQUIRE(claimed.has_value());
        abandoned = directory / "moved.sock";
        std::filesystem::rename(directory / "dead.sock", abandoned);
    }
    const auto refused = http::send_request(abandoned, {"GET", "/hello", ""}, 5s);
    REQUIRE(refused.has_error());
    CHECK(refused.error().code == "E_NO_DAEMON");
}

TEST_CASE("http: a server that does not answer costs the client its timeout", "[http]") {
    running_server server;
    const auto answer = http::send_request(server.socket(), {"GET", "/silence", ""}, 50ms);
    REQUIRE(answer.has_error());
    CHECK(answer.error().exit == exit_code::timeout);
}

TEST_CASE("http: a socket path that cannot exist is no daemon's", "[http]") {
    const auto answer =
        http::send_request("/tmp/" + std::string(200, 'x'), {"GET", "/hello", ""}, 5s);
    REQUIRE(answer.has_error());
    CHECK(answer.error().exit == exit_code::failure);
}
