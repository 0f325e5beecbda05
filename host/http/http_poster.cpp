// SPDX-License-Identifier: Apache-2.0
#include "http/http_poster.hpp"

#include "net/shard.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <fmt/format.h>

#include <charconv>

namespace meshhost::http {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;

namespace {

constexpr unsigned http_1_1 = 11;

std::optional<duration> seconds_in(std::string_view text) {
    std::int64_t seconds = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    constexpr std::int64_t most = 86'400;
    if (error != std::errc() || end != text.data() + text.size() || seconds < 0 || seconds > most)
        return std::nullopt;
    return std::chrono::seconds(seconds);
}

}  // namespace

/// Kept alive by its own pending operations.
struct http_poster::connection : std::enable_shared_from_this<connection> {
    connection(net::shard& on, http_url where, duration limit)
        : shard(on)
        , to(std::move(where))
        , timeout(limit)
        , resolver(on.context())
        , stream(on.context()) {}

    void begin(post_request request, teller how) {
        tell = std::move(how);
        message = {beast::http::verb::post, request.path, http_1_1};
        message.set(beast::http::field::host, to.authority());
        message.set(beast::http::field::content_type, request.content_type);
        for (const auto& [name, value] : request.headers)
            message.set(name, value);
        message.body() = std::move(request.body);
        message.prepare_payload();
        message.keep_alive(true);
        stream.expires_after(timeout);
        was_open = is_open;
        if (is_open) return write();
        resolve();
    }

    void resolve() {
        beast::error_code ec;
        const auto address = asio::ip::make_address(to.host, ec);
        if (!ec)
            return connect(tcp::resolver::results_type::create(
                tcp::endpoint(address, to.port),
                to.host,
                std::to_string(to.port)
            ));
        resolver.async_resolve(
            to.host,
            std::to_string(to.port),
            [self = shared_from_this()](const beast::error_code& failed, const auto& found) {
                if (failed) return self->fail("find", failed);
                self->connect(found);
            }
        );
        // The resolver has no time limit of its own.
        arm_resolver();
    }

    void arm_resolver() {
        resolve_limit.expires_after(timeout);
        resolve_limit.async_wait([self = shared_from_this()](const beast::error_code& ec) {
            if (!ec) self->resolver.cancel();
        });
    }

    void connect(const tcp::resolver::results_type& found) {
        resolve_limit.cancel();
        stream.async_connect(
            found,
            [self = shared_from_this()](const beast::error_code& ec, const tcp::endpoint&) {
                if (ec) return self->fail("connect to", ec);
                self->is_open = true;
                self->write();
            }
        );
    }

    void write() {
        beast::http::async_write(
            stream,
            message,
            [self = shared_from_this()](const beast::error_code& ec, std::size_t) {
                if (ec) return self->fail("write to", ec);
                self->read();
            }
        );
    }

    void read() {
        parser.emplace();
        parser->body_limit(body_max);
        parser->header_limit(header_max);
        beast::http::async_read(
            stream,
            buffer,
            *parser,
            [self = shared_from_this()](const beast::error_code& ec, std::size_t) {
                if (ec) return self->fail("read from", ec);
                self->done();
            }
        );
    }

    void done() {
        stream.expires_never();
        auto& said = parser->get();
        post_answer answer;
        answer.status = said.result_int();
        const auto later = said[beast::http::field::retry_after];
        answer.retry_after = seconds_in({later.data(), later.size()});
        answer.body = std::move(said.body());
        if (!said.keep_alive()) close();
        parser.reset();
        end(std::move(answer));
    }

    /// A connection that was kept may have been given up by the server meanwhile: once more, with
    /// a fresh one.
    void fail(const char* what, const beast::error_code& ec) {
        close();
        resolve_limit.cancel();
        if (std::exchange(was_open, false) && ec != beast::error::timeout && tell) {
            stream.expires_after(timeout);
            return resolve();
        }
        const bool is_late = ec == beast::error::timeout || ec == asio::error::operation_aborted;
        const bool is_bad = parser.has_value() && !is_late;
        parser.reset();
        end(failure{
            is_late ? exit_code::timeout : exit_code::unreachable,
            is_late  ? "E_TIMEOUT"
            : is_bad ? "E_BAD_ANSWER"
                     : "E_UNREACHABLE",
            fmt::format(
                "cannot {} {}: {}",
                what,
                to.authority(),
                is_late ? "timed out" : ec.message()
            ),
            ""});
    }

    void close() {
        is_open = false;
        stream.close();
        buffer.clear();
    }

    void end(const outcome<post_answer>& how) {
        const teller told = std::exchange(tell, nullptr);
        if (told) told(how);  // may post again, or destroy the poster
    }

    net::shard& shard;
    http_url to;
    duration timeout;
    tcp::resolver resolver;
    asio::steady_timer resolve_limit{shard.context()};
    beast::tcp_stream stream;
    beast::flat_buffer buffer{header_max + body_max};
    std::optional<beast::http::response_parser<beast::http::string_body>> parser;
    beast::http::request<beast::http::string_body> message;
    teller tell;
    bool is_open = false;
    bool was_open = false;
};

http_poster::http_poster(net::shard& shard, http_url to, duration timeout)
    : shard_(shard)
    , to_(std::move(to))
    , timeout_(timeout)
    , connection_(std::make_shared<connection>(shard_, to_, timeout_)) {}

http_poster::~http_poster() {
    connection_->tell = nullptr;
    connection_->resolver.cancel();
    connection_->resolve_limit.cancel();
    connection_->was_open = false;
    connection_->stream.close();
}

bool http_poster::has_socket() const noexcept {
    return connection_->stream.socket().is_open();
}

bool http_poster::has_thread() const noexcept {
    beast::error_code ec;
    (void)asio::ip::make_address(to_.host, ec);
    return static_cast<bool>(ec);
}

void http_poster::post(post_request request, teller tell) {
    shard_.post([alive = std::weak_ptr(connection_),
                 request = std::move(request),
                 tell = std::move(tell)]() mutable {
        if (const auto to = alive.lock()) to->begin(std::move(request), std::move(tell));
    });
}

}  // namespace meshhost::http
