// SPDX-License-Identifier: Apache-2.0
#pragma once
// A server on a thread of its own, and a client that can say anything.
#include "http/http_server.hpp"
#include "http/unix_listener.hpp"
#include "support/catch.hpp"
#include "support/temp_dir.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <fmt/format.h>

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <future>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>

namespace meshhost::test {

/// Answers "/hello" and "/query", streams "/lines", follows "/follow", echoes the length of what is
/// posted to "/size", never answers "/silence", and notices who leaves before "/wait" is answered.
class scripted_handler : public http::request_handler {
public:
    void on_request(const http::request& asked, std::shared_ptr<http::exchange> answer) override {
        if (asked.path == "/hello") return answer->reply({200, "text/plain", asked.method});
        if (asked.path == "/size")
            return answer->reply({200, "text/plain", std::to_string(asked.body.size())});
        if (asked.path == "/lines") {
            answer->begin_stream(http::content_type_ndjson);
            for (int i = 0; i < 3; ++i)
                answer->write(fmt::format("{{\"line\":{}}}\n", i));
            return answer->finish();
        }
        if (asked.path == "/flood") {
            answer->begin_stream(http::content_type_ndjson);
            const std::string block(64 << 10, 'x');
            while (answer->write(block))
                ++flood_blocks;
            flood_ended.set_value();
            return;
        }
        if (asked.path == "/query")
            return answer->reply({200, "text/plain", http::format_query(asked.query)});
        if (asked.path == "/follow") {
            answer->begin_stream(http::content_type_ndjson);
            answer->watch([this, answer] {
                if (!answer->write("")) client_left.set_value();
            });
            answer->write("{}\n");
        }
        if (asked.path == "/throw") throw std::runtime_error("a fault of ours");
        if (asked.path == "/silence") held = answer;
        if (asked.path == "/wait") answer->watch([this] { client_left.set_value(); });
        if (asked.path == "/large")
            return answer->reply({200, "text/plain", std::string(large_size, 'x')});
        if (asked.path == "/same") return answer->reply({304, "text/plain", "", {{"ETag", "x"}}});
    }
    std::optional<http::body_terms> on_large_body(const http::request& asked) override {
        if (asked.path == "/refused")
            return http::body_terms{0, nullptr, http::response{401, "text/plain", "no"}};
        if (asked.path != "/size" || large_max == 0) return std::nullopt;
        return http::body_terms{large_max, large_hold, std::nullopt};
    }
    http::response describe_fault(unsigned status, std::string_view reason) override {
        return {status, "text/plain", std::string(reason)};
    }

    static constexpr std::size_t large_size = 4u << 20;  ///< more than a socket takes at once

    std::uint64_t large_max = 0;  ///< of what is posted to "/size"; 0: the usual
    std::shared_ptr<int> large_hold = std::make_shared<int>();
    std::shared_ptr<http::exchange> held;
    std::size_t flood_blocks = 0;
    std::promise<void> flood_ended;
    std::promise<void> client_left;
};

class running_server {
public:
    explicit running_server(
        const http::http_limits& limits = {},
        std::shared_ptr<const net::tls_server_context> tls = nullptr
    ) {
        auto listener = http::unix_listener::claim(socket());
        REQUIRE(listener.has_value());
        server_.emplace(
            shard_,
            std::make_unique<http::unix_listener>(std::move(*listener)),
            handler,
            limits,
            logger(),
            std::move(tls)
        );
        thread_ = std::thread([this] { shard_.run(); });
    }
    ~running_server() {
        on_shard([this] {
            handler.held.reset();
            server_.reset();
        });
        shard_.stop();
        thread_.join();
    }

    std::filesystem::path socket() const { return directory_ / "host.sock"; }

    /// Runs `work` on the server's thread and waits for it.
    template <class Work>
    void on_shard(Work work) {
        std::promise<void> done;
        shard_.post([&] {
            work();
            done.set_value();
        });
        done.get_future().wait();
    }

    void close() {
        on_shard([this] { server_->close(); });
    }

    std::size_t connections() {
        std::size_t count = 0;
        on_shard([&] { count = server_->connections(); });
        return count;
    }

    std::size_t handshakes() {
        std::size_t count = 0;
        on_shard([&] { count = server_->handshakes(); });
        return count;
    }
    void replace_tls(std::shared_ptr<const net::tls_server_context> tls) {
        on_shard([&] { server_->replace_tls(std::move(tls)); });
    }

    scripted_handler handler;

private:
    temp_dir directory_;
    net::shard shard_;
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> running_{
        shard_.context().get_executor()};  ///< on a closed server's shard, too
    std::optional<http::http_server> server_;
    std::thread thread_;
};

/// Sends raw bytes; reads until the server hangs up or five seconds pass.
class raw_client {
public:
    explicit raw_client(const std::filesystem::path& path) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::strcpy(address.sun_path, path.c_str());
        descriptor_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        const timeval limit{5, 0};
        ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        REQUIRE(
            ::connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0
        );
    }
    raw_client(const raw_client&) = delete;
    raw_client& operator=(const raw_client&) = delete;
    ~raw_client() { ::close(descriptor_); }

    /// Keeps going when the server has stopped listening: its answer is what matters.
    void send(std::string_view text) {
        while (!text.empty()) {
            const auto sent = ::send(descriptor_, text.data(), text.size(), MSG_NOSIGNAL);
            if (sent <= 0) return;
            text.remove_prefix(static_cast<std::size_t>(sent));
        }
    }

    std::string receive_some() {
        std::string piece(4096, '\0');
        const auto got = ::recv(descriptor_, piece.data(), piece.size(), 0);
        piece.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
        return piece;
    }

    std::string receive_all() {
        std::string all;
        for (std::string piece = receive_some(); !piece.empty(); piece = receive_some())
            all += piece;
        return all;
    }

    int descriptor() const noexcept { return descriptor_; }

    int status() {
        const auto text = receive_all();
        return text.size() > 12 ? std::stoi(text.substr(9, 3)) : 0;
    }

private:
    int descriptor_ = -1;
};

}  // namespace meshhost::test
