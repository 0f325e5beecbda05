// SPDX-License-Identifier: Apache-2.0
#include "http_fixture.hpp"
#include "net/tls_context.hpp"
#include "net/tls_session.hpp"
#include "support/certificates.hpp"

#include <fcntl.h>

#include <poll.h>

using namespace meshhost;
using net::io_state;
using test::raw_client;
using test::running_server;

namespace {

struct certificates {
    certificates()
        : files(test::make_certificates(directory.path())) {}

    std::shared_ptr<const net::tls_server_context> server() const {
        auto made = net::tls_server_context::make(files.chain, files.key);
        REQUIRE(made.has_value());
        return std::move(*made);
    }
    std::unique_ptr<net::tls_client_context> client() const {
        auto made = net::tls_client_context::make({false, {files.authority}});
        REQUIRE(made.has_value());
        return std::move(*made);
    }

    test::temp_dir directory;
    test::certificate_files files;
};

/// A client that trusts one authority, and waits for whatever TLS waits for.
class secure_client {
public:
    secure_client(const std::filesystem::path& path, const net::tls_client_context& trust)
        : raw_(path)
        , session_(net::tls_session::to_server(trust.native(), raw_.descriptor(), "localhost")) {
        ::fcntl(raw_.descriptor(), F_SETFL, O_NONBLOCK);
        is_trusted_ = finish([this] { return session_->handshake(); }).state == io_state::done;
    }

    bool is_trusted() const noexcept { return is_trusted_; }

    void send(std::string_view text) {
        while (!text.empty()) {
            const auto step = finish([&] { return session_->write(as_bytes(text)); });
            if (step.count == 0) return;
            text.remove_prefix(step.count);
        }
    }
    std::string receive_some() {
        std::string piece(64 << 10, '\0');
        const auto step = finish([&] {
            return session_->read({reinterpret_cast<std::uint8_t*>(piece.data()), piece.size()});
        });
        piece.resize(step.count);
        return piece;
    }
    std::string receive_all() {
        std::string all;
        for (std::string piece = receive_some(); !piece.empty(); piece = receive_some())
            all += piece;
        return all;
    }

private:
    template <class Attempt>
    net::io_step finish(Attempt attempt) {
        constexpr int patience_ms = 5000;
        while (true) {
            const auto step = attempt();
            const bool reads = step.state == io_state::wants_read;
            if (step.count > 0 || (!reads && step.state != io_state::wants_write)) return step;
            pollfd ready{raw_.descriptor(), static_cast<short>(reads ? POLLIN : POLLOUT), 0};
            if (::poll(&ready, 1, patience_ms) != 1) return {0, io_state::failed};
        }
    }

    raw_client raw_;
    std::unique_ptr<net::tls_session> session_;
    bool is_trusted_ = false;
};

constexpr std::string_view hello_and_end = "GET /hello HTTP/1.1\r\nConnection: close\r\n\r\n";

}  // namespace

TEST_CASE("http: under TLS requests are answered one after the other", "[http]") {
    const certificates given;
    running_server server({}, given.server());
    const auto trust = given.client();
    secure_client client(server.socket(), *trust);
    REQUIRE(client.is_trusted());
    client.send("GET /hello HTTP/1.1\r\n\r\n");
    CHECK(client.receive_some().starts_with("HTTP/1.1 200"));
    client.send("GET /lines HTTP/1.1\r\n\r\n");
    std::string lines;
    while (lines.find("\r\n0\r\n\r\n") == std::string::npos)
        lines += client.receive_some();
    CHECK(lines.find(R"({"line":2})") != std::string::npos);
    const std::string body(60'000, 'x');  // of several records
    client.send(
        fmt::format("POST /size HTTP/1.1\r\nContent-Length: {}\r\n\r\n{}", body.size(), body)
    );
    CHECK(client.receive_some().ends_with("60000"));
    client.send(hello_and_end);
    CHECK(client.receive_all().ends_with("GET"));
}

TEST_CASE("http: under TLS whoever does not read is cut off", "[http]") {
    const certificates given;
    running_server server({}, given.server());
    const auto trust = given.client();
    secure_client client(server.socket(), *trust);
    client.send("GET /flood HTTP/1.1\r\n\r\n");
    server.handler.flood_ended.get_future().wait();
    CHECK(server.handler.flood_blocks <= 4);  // of 64 KiB
    server.on_shard([] {});                   // it is put away
    CHECK(server.connections() == 0);
}

TEST_CASE("http: under TLS a request that does not come is told so, if it has begun", "[http]") {
    const certificates given;
    http::http_limits limits;
    limits.request_timeout = 50ms;
    running_server server(limits, given.server());
    const auto trust = given.client();
    secure_client begun(server.socket(), *trust);
    begun.send("GET /hello HT");
    CHECK(begun.receive_all().starts_with("HTTP/1.1 408 "));
    secure_client silent(server.socket(), *trust);
    CHECK(silent.receive_all().empty());
}

TEST_CASE("http: what is not TLS gets no answer at its port", "[http]") {
    const certificates given;
    running_server server({}, given.server());
    for (const auto garbage :
         {hello_and_end,
          std::string_view("\x16\x03\x01\xff\xff hello"),
          std::string_view("\0\0\0\0", 4)}) {
        raw_client client(server.socket());
        client.send(garbage);
        ::shutdown(client.descriptor(), SHUT_WR);
        CHECK(client.receive_all().find("HTTP") == std::string::npos);
    }
    const auto trust = given.client();
    CHECK(secure_client(server.socket(), *trust).is_trusted());
}

TEST_CASE("http: a handshake that does not go on is given up", "[http]") {
    const certificates given;
    http::http_limits limits;
    limits.handshake_timeout = 20ms;
    running_server server(limits, given.server());
    raw_client silent(server.socket());
    raw_client halting(server.socket());
    halting.send(std::string_view("\x16\x03\x01\x00\xa5\x01\x00\x00", 8));
    CHECK(silent.receive_all().empty());
    CHECK(halting.receive_all().empty());
    server.on_shard([] {});  // the one whose end was seen last is put away
    CHECK(server.connections() == 0);
}

TEST_CASE("http: of too many handshakes the oldest gives way", "[http]") {
    const certificates given;
    http::http_limits limits;
    limits.handshakes_max = 2;
    running_server server(limits, given.server());
    const auto trust = given.client();
    secure_client settled(server.socket(), *trust);
    raw_client first(server.socket());
    raw_client second(server.socket());
    raw_client third(server.socket());
    CHECK(first.receive_all().empty());
    CHECK(server.handshakes() == 2);
    settled.send(hello_and_end);
    CHECK(settled.receive_all().ends_with("GET"));  // it is none of them
}

TEST_CASE("http: a certificate is replaced for those who come", "[http]") {
    const certificates old;
    const certificates fresh;
    running_server server({}, old.server());
    const auto trusts_old = old.client();
    const auto trusts_fresh = fresh.client();
    secure_client settled(server.socket(), *trusts_old);
    CHECK_FALSE(secure_client(server.socket(), *trusts_fresh).is_trusted());
    server.replace_tls(fresh.server());
    CHECK(secure_client(server.socket(), *trusts_fresh).is_trusted());
    CHECK_FALSE(secure_client(server.socket(), *trusts_old).is_trusted());
    settled.send(hello_and_end);
    CHECK(settled.receive_all().ends_with("GET"));
}
