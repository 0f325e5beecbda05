// SPDX-License-Identifier: Apache-2.0
#include "http/http_server.hpp"
#include "http_fixture.hpp"

using namespace meshhost;
using test::raw_client;
using test::running_server;
using test::scripted_handler;

namespace {

int status_of(const running_server& server, std::string_view bytes) {
    raw_client client(server.socket());
    client.send(bytes);
    return client.status();
}

}  // namespace

TEST_CASE("http: a request is answered and the connection ends when asked to", "[http]") {
    running_server server;
    CHECK(status_of(server, "GET /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n") == 200);
}

TEST_CASE("http: pipelined requests are answered in order", "[http]") {
    running_server server;
    raw_client client(server.socket());
    client.send("GET /hello HTTP/1.1\r\n\r\n"
                "POST /size HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc"
                "POST /hello HTTP/1.1\r\nConnection: close\r\n\r\n");
    const auto answers = client.receive_all();
    const auto get = answers.find("GET");
    const auto size = answers.find("\r\n\r\n3");
    const auto post = answers.find("POST");
    REQUIRE(get != std::string::npos);
    REQUIRE(size != std::string::npos);
    REQUIRE(post != std::string::npos);
    CHECK(get < size);
    CHECK(size < post);
}

TEST_CASE("http: HEAD has the head of GET and nothing behind it", "[http]") {
    running_server server;
    raw_client client(server.socket());
    client.send("HEAD /hello HTTP/1.1\r\n\r\n"
                "GET /hello HTTP/1.1\r\nConnection: close\r\n\r\n");
    const auto answers = client.receive_all();
    const auto first_end = answers.find("\r\n\r\n") + 4;
    CHECK(answers.find("Content-Length: 4") < first_end);
    CHECK(answers.substr(first_end, 8) == "HTTP/1.1");
}

TEST_CASE("http: a handler that throws costs its answer, and nothing else", "[http]") {
    running_server server;
    CHECK(status_of(server, "GET /throw HTTP/1.1\r\n\r\n") == 500);
    CHECK(status_of(server, "GET /hello HTTP/1.1\r\nConnection: close\r\n\r\n") == 200);
}

TEST_CASE("http: where it may, a new connection takes the place of an idle one", "[http]") {
    http::http_limits limits;
    limits.connections_max = 2;
    limits.replaces_idle = true;
    running_server server(limits);
    raw_client idle(server.socket());
    raw_client busy(server.socket());
    busy.send("GET /silence HTTP/1.1\r\n\r\n");
    server.on_shard([] {});
    CHECK(status_of(server, "GET /hello HTTP/1.1\r\nConnection: close\r\n\r\n") == 200);
    CHECK(idle.receive_all().empty());
}

TEST_CASE("http: what is no request is answered with 400", "[http]") {
    running_server server;
    CHECK(status_of(server, "hello there\r\n\r\n") == 400);
    CHECK(status_of(server, std::string("\x16\x03\x01\x00\xa5\x01\x00\x00", 8)) == 400);
    CHECK(status_of(server, "GET / HTTP/9.9\r\n\r\n") == 400);
    CHECK(status_of(server, "GET /hello HTTP/1.1\r\nbad header\r\n\r\n") == 400);
    CHECK(status_of(server, "GET /hello HTTP/1.0\r\n\r\n") == 505);
}

TEST_CASE("http: a request that two servers could read differently is refused", "[http]") {
    running_server server;
    CHECK(
        status_of(
            server,
            "POST /size HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabc"
        )
        == 400
    );
    CHECK(
        status_of(
            server,
            "POST /size HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\nabc"
        )
        == 400
    );
    CHECK(
        status_of(
            server,
            "POST /size HTTP/1.1\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd"
        )
        == 400
    );
    CHECK(
        status_of(server, "POST /size HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n") == 400
    );
}

TEST_CASE("http: a header of a megabyte is refused with 431", "[http]") {
    running_server server;
    const std::string header = "GET /hello HTTP/1.1\r\nX: " + std::string(1 << 20, 'x');
    CHECK(status_of(server, header + "\r\n\r\n") == 431);
}

TEST_CASE("http: a body over the limit is refused with 413", "[http]") {
    running_server server;
    CHECK(status_of(server, "POST /size HTTP/1.1\r\nContent-Length: 10000000\r\n\r\n") == 413);
    const std::string chunk = "10000\r\n" + std::string(0x10000, 'x') + "\r\n";
    CHECK(
        status_of(
            server,
            "POST /size HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk + chunk
        )
        == 413
    );
}

TEST_CASE("http: a body up to the limit is taken", "[http]") {
    running_server server;
    const std::string body(64 << 10, 'x');
    raw_client client(server.socket());
    client.send("POST /size HTTP/1.1\r\nConnection: close\r\nContent-Length: 65536\r\n\r\n" + body);
    CHECK(client.receive_all().ends_with("\r\n\r\n65536"));
}

TEST_CASE("http: a large body is taken where the handler says so, and no further", "[http]") {
    running_server server;
    server.handler.large_max = 100'000;
    const auto post = [&](std::size_t size) {
        raw_client client(server.socket());
        client.send(fmt::format(
            "POST /size?a=b HTTP/1.1\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{}",
            size,
            std::string(size, 'x')
        ));
        return client.receive_all();
    };
    CHECK(post(100'000).ends_with("\r\n\r\n100000"));
    CHECK(post(100'001).starts_with("HTTP/1.1 413"));
    const std::string chunk = "10000\r\n" + std::string(0x10000, 'x') + "\r\n";
    const std::string head = "POST /size HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
    CHECK(status_of(server, head + chunk + "0\r\n\r\n") == 200);
    CHECK(status_of(server, head + chunk + chunk + "0\r\n\r\n") == 413);
    CHECK(status_of(server, "POST /refused HTTP/1.1\r\nContent-Length: 100000\r\n\r\n") == 401);
}

TEST_CASE("http: what a large body holds is let go with its answer, or its client", "[http]") {
    running_server server;
    server.handler.large_max = 100'000;
    const auto holders = [&] {
        long count = 0;
        server.on_shard([&] { count = server.handler.large_hold.use_count(); });
        return count;
    };
    const auto until = [&](long count) {
        while (holders() != count)
            std::this_thread::yield();
    };
    {
        raw_client client(server.socket());
        client.send("POST /size HTTP/1.1\r\nContent-Length: 100000\r\n\r\nxx");
        until(2);
    }
    until(1);
    raw_client client(server.socket());
    client.send(
        "POST /size HTTP/1.1\r\nContent-Length: 100000\r\n\r\n" + std::string(100'000, 'x')
    );
    CHECK(client.status() == 200);
    until(1);
}

TEST_CASE("http: a client that does not finish its request is cut off", "[http]") {
    http::http_limits limits;
    limits.request_timeout = 50ms;
    running_server server(limits);
    raw_client client(server.socket());
    raw_client halfway(server.socket());
    raw_client without_body(server.socket());
    client.send("GET /hello HT");
    halfway.send("GET /hello HTTP/1.1\r\nHost: x\r\n");
    without_body.send("POST /size HTTP/1.1\r\nContent-Length: 3\r\n\r\nab");
    for (auto* each : {&client, &halfway, &without_body}) {
        const auto said = each->receive_all();
        CHECK(said.starts_with("HTTP/1.1 408 "));
        CHECK(said.find("Connection: close") != std::string::npos);
        CHECK(said.ends_with("the request did not come in time"));
    }
    // Whoever has begun nothing is told nothing, also behind an answer.
    raw_client silent(server.socket());
    CHECK(silent.receive_all().empty());
    raw_client idle(server.socket());
    idle.send("GET /hello HTTP/1.1\r\n\r\n");
    CHECK(idle.receive_all().ends_with("\r\n\r\nGET"));
    // The socket closes a few turns of the server's loop before the session is gone.
    int turns = 0;
    while (server.connections() != 0 && turns < 100)
        ++turns;
    CHECK(server.connections() == 0);
}

TEST_CASE("http: connections over the limit are told so", "[http]") {
    http::http_limits limits;
    limits.connections_max = 2;
    running_server server(limits);
    raw_client first(server.socket());
    raw_client second(server.socket());
    raw_client third(server.socket());
    CHECK(third.status() == 503);
    first.send("GET /hello HTTP/1.1\r\nConnection: close\r\n\r\n");
    CHECK(first.status() == 200);
    CHECK(status_of(server, "GET /hello HTTP/1.1\r\nConnection: close\r\n\r\n") == 200);
}

TEST_CASE("http: a streamed answer is chunked and the connection goes on", "[http]") {
    running_server server;
    raw_client client(server.socket());
    client.send("GET /lines HTTP/1.1\r\n\r\nGET /hello HTTP/1.1\r\nConnection: close\r\n\r\n");
    const auto answers = client.receive_all();
    CHECK(answers.find("Transfer-Encoding: chunked") != std::string::npos);
    CHECK(answers.find("b\r\n{\"line\":2}\n\r\n0\r\n\r\n") != std::string::npos);
    CHECK(answers.ends_with("GET"));
}

TEST_CASE("http: a client that does not read is cut off at the limit", "[http]") {
    running_server server;
    raw_client client(server.socket());
    auto ended = server.handler.flood_ended.get_future();
    client.send("GET /flood HTTP/1.1\r\n\r\n");
    REQUIRE(ended.wait_for(5s) == std::future_status::ready);
    CHECK(server.handler.flood_blocks <= (256u << 10) / (64u << 10));
}

TEST_CASE("http: an answer after the server was closed goes nowhere", "[http]") {
    running_server server;
    raw_client client(server.socket());
    client.send("GET /silence HTTP/1.1\r\n\r\n");
    raw_client other(server.socket());
    other.send("GET /hello HTTP/1.1\r\nConnection: close\r\n\r\n");
    CHECK(other.status() == 200);
    server.close();
    CHECK(client.receive_all().empty());
    server.on_shard([&] {
        auto& late = server.handler.held;
        REQUIRE(late != nullptr);
        late->reply({});
        late->begin_stream("text/plain");
        CHECK_FALSE(late->write("x"));
        late->finish();
    });
}

TEST_CASE("http: the query is not part of the path", "[http]") {
    running_server server;
    raw_client client(server.socket());
    client.send("GET /query?since=5&types=a%2Cb HTTP/1.1\r\nConnection: close\r\n\r\n");
    CHECK(client.receive_all().ends_with("\r\n\r\nsince=5&types=a%2Cb"));
    CHECK(status_of(server, "GET /hello? HTTP/1.1\r\nConnection: close\r\n\r\n") == 200);
}

TEST_CASE("http: of two hosts none is taken", "[http]") {
    running_server server;
    const std::string one = "GET /hello HTTP/1.1\r\nConnection: close\r\nHost: a\r\n";
    CHECK(status_of(server, one + "\r\n") == 200);
    CHECK(status_of(server, one + "Host: a\r\n\r\n") == 400);
    CHECK(status_of(server, one + "hOST:\r\n\r\n") == 400);
}

TEST_CASE("http: a query that is too long is answered with 414", "[http]") {
    running_server server;
    const auto status = [&](std::size_t size) {
        const auto query = std::string(size - 2, 'x');
        return status_of(
            server,
            "GET /query?x=" + query + " HTTP/1.1\r\nConnection: close\r\n\r\n"
        );
    };
    CHECK(status(http::query_bytes_max) == 200);
    CHECK(status(http::query_bytes_max + 1) == 414);
}

TEST_CASE("http: a query that cannot be read is answered with 400", "[http]") {
    running_server server;
    CHECK(status_of(server, "GET /query?a=1&a=2 HTTP/1.1\r\n\r\n") == 400);
    CHECK(status_of(server, "GET /query?%zz HTTP/1.1\r\n\r\n") == 400);
}

TEST_CASE("http: a client that leaves a silent stream is noticed", "[http]") {
    running_server server;
    {
        raw_client client(server.socket());
        client.send("GET /follow HTTP/1.1\r\n\r\n");
        CHECK(client.receive_some().find("200 OK") != std::string::npos);
    }
    const auto left = server.handler.client_left.get_future().wait_for(std::chrono::seconds(30));
    CHECK(left == std::future_status::ready);
    CHECK(server.connections() == 0);
}

TEST_CASE("http: a client that leaves before it is answered is noticed", "[http]") {
    running_server server;
    {
        raw_client client(server.socket());
        client.send("GET /wait HTTP/1.1\r\n\r\n");
        server.on_shard([] {});
    }
    const auto left = server.handler.client_left.get_future().wait_for(std::chrono::seconds(30));
    CHECK(left == std::future_status::ready);
}

TEST_CASE("http: so many bytes of large answers are sent at one time, and no more", "[http]") {
    http::http_limits limits;
    limits.answer_bytes_max = 2 * scripted_handler::large_size;
    running_server server(limits);
    std::vector<std::unique_ptr<raw_client>> slow;
    for (int i = 0; i < 2; ++i) {
        slow.push_back(std::make_unique<raw_client>(server.socket()));
        slow.back()->send("GET /large HTTP/1.1\r\nConnection: close\r\n\r\n");
        CHECK(slow.back()->receive_some().starts_with("HTTP/1.1 200"));
    }
    const std::string large = "GET /large HTTP/1.1\r\nConnection: close\r\n\r\n";
    CHECK(status_of(server, large) == 503);
    CHECK(status_of(server, "GET /hello HTTP/1.1\r\nConnection: close\r\n\r\n") == 200);
    CHECK(slow[0]->receive_all().size() > scripted_handler::large_size - 8192);
    CHECK(status_of(server, large) == 200);
    slow.pop_back();  // one that left counts no more
    slow[0] = std::make_unique<raw_client>(server.socket());
    slow[0]->send(large);
    CHECK(slow[0]->receive_some().starts_with("HTTP/1.1 200"));
}

TEST_CASE("http: what is as it was has no content, and no length of it", "[http]") {
    running_server server;
    raw_client client(server.socket());
    client.send("GET /same HTTP/1.1\r\n\r\nGET /hello HTTP/1.1\r\nConnection: close\r\n\r\n");
    const auto answers = client.receive_all();
    const auto first = answers.substr(0, answers.find("HTTP/1.1 200"));
    CHECK(first.starts_with("HTTP/1.1 304"));
    CHECK(first.find("ETag: x") != std::string::npos);
    CHECK(first.find("Content-Length") == std::string::npos);
    CHECK(first.ends_with("\r\n\r\n"));
    CHECK(answers.ends_with("GET"));
}
