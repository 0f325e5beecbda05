// SPDX-License-Identifier: Apache-2.0
#include "nat/captive_portal.hpp"

#include "base/bytes.hpp"
#include "nat/random_bytes.hpp"
#include "net/shard.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>

#include <optional>
#include <utility>

namespace meshhost::nat {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;

namespace {

constexpr unsigned http_1_1 = 11;
constexpr std::size_t header_max = 16u << 10;
constexpr const char* challenge_field = "X-Iroh-Challenge";
constexpr const char* response_field = "X-Iroh-Response";

}  // namespace

struct captive_portal_check::exchange : std::enable_shared_from_this<exchange> {
    exchange(net::shard& on, http_url to, teller how)
        : relay(std::move(to))
        , tell(std::move(how))
        , resolver(on.context())
        , limit(on.context())
        , stream(on.context()) {}

    void begin(duration timeout) {
        // A portal that echoes what it was asked by others does not know this one.
        challenge = "mesh_" + to_hex(random_bytes<12>());
        request = {beast::http::verb::get, "/generate_204", http_1_1};
        request.set(beast::http::field::host, relay.authority());
        request.set(challenge_field, challenge);
        request.keep_alive(false);
        limit.expires_after(timeout);
        limit.async_wait([self = shared_from_this()](const beast::error_code& ec) {
            if (!ec) self->end(proto::finding::unknown);
        });
        resolver.async_resolve(
            relay.host,
            std::to_string(relay.port),
            [self = shared_from_this()](const beast::error_code& ec, const auto& found) {
                if (ec) return self->end(proto::finding::unknown);
                self->connect(found);
            }
        );
    }

    void connect(const tcp::resolver::results_type& found) {
        if (!tell) return;
        stream.async_connect(
            found,
            [self = shared_from_this()](const beast::error_code& ec, const tcp::endpoint&) {
                if (ec) return self->end(proto::finding::unknown);
                self->ask();
            }
        );
    }

    void ask() {
        beast::http::async_write(
            stream,
            request,
            [self = shared_from_this()](const beast::error_code& ec, std::size_t) {
                if (ec) return self->end(proto::finding::unknown);
                self->hear();
            }
        );
    }

    void hear() {
        parser.header_limit(header_max);
        beast::http::async_read_header(
            stream,
            buffer,
            parser,
            [self = shared_from_this()](const beast::error_code& ec, std::size_t) {
                // Whoever takes the connection and answers no HTTP is no relay, and may be broken.
                if (ec) return self->end(proto::finding::unknown);
                self->judge();
            }
        );
    }

    void judge() {
        const auto& said = parser.get();
        const auto response = said[response_field];
        const bool is_relay =
            said.result() == beast::http::status::no_content && response == "response " + challenge;
        end(is_relay ? proto::finding::no : proto::finding::yes);
    }

    void end(proto::finding found) {
        const teller told = std::exchange(tell, nullptr);
        stop();
        if (told) told(found);  // may destroy the check
    }

    void stop() {
        tell = nullptr;
        resolver.cancel();
        limit.cancel();
        stream.close();
    }

    http_url relay;
    teller tell;
    std::string challenge;
    tcp::resolver resolver;
    asio::steady_timer limit;
    beast::tcp_stream stream;
    beast::flat_buffer buffer{header_max};
    beast::http::request<beast::http::empty_body> request;
    beast::http::response_parser<beast::http::empty_body> parser;
};

captive_portal_check::captive_portal_check(
    net::shard& shard,
    http_url relay,
    teller tell,
    duration timeout
)
    : exchange_(std::make_shared<exchange>(shard, std::move(relay), std::move(tell))) {
    shard.post([alive = std::weak_ptr(exchange_), timeout] {
        if (const auto to = alive.lock()) to->begin(timeout);
    });
}

captive_portal_check::~captive_portal_check() {
    exchange_->stop();
}

}  // namespace meshhost::nat
