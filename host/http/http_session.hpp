// SPDX-License-Identifier: Apache-2.0
#pragma once
// One client's connection: read a request, have it answered, read the next. Kept alive by its own
// pending operations; the server holds it weakly, to count it and to drop it.
#include "http/http_server.hpp"
#include "http/stream.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <deque>
#include <memory>
#include <optional>
#include <string>

namespace meshhost::http {

class websocket_session;

class http_session final : public exchange, public std::enable_shared_from_this<http_session> {
public:
    /// `sent`: bytes of answers that are being sent to any client of the server.
    http_session(
        byte_stream stream,
        request_handler& handler,
        const http_limits& limits,
        std::shared_ptr<std::size_t> sent
    );
    ~http_session() override;

    void start();
    /// Answers whatever comes first with `status`, then hangs up. Under TLS it says nothing: that
    /// would take a handshake.
    void refuse(unsigned status, std::string_view reason);
    /// From now on nothing reaches the handler and the client sees the end.
    void drop();
    /// TLS is being agreed upon.
    bool is_shaking_hands() const noexcept { return phase_ == phase::greeting; }
    /// It waits for a request, and nothing of one has come that was not answered.
    bool is_idle() const noexcept { return is_shaking_hands() || phase_ == phase::reading; }

    void reply(response answer) override;
    void begin_stream(std::string_view content_type, const header_list& headers) override;
    bool write(std::string_view data) override;
    void finish() override;
    std::size_t waiting() const override { return queued_bytes_; }
    void watch(std::function<void()> changed) override;

private:
    using parser_type = boost::beast::http::request_parser<boost::beast::http::string_body>;
    using response_type = boost::beast::http::response<boost::beast::http::string_body>;

    enum class phase { greeting, reading, answering, streaming, upgraded, closed };

    void read_request();
    void await_request();
    void on_late_request();
    bool has_begun() const;
    std::optional<std::uint64_t> admit_large_body();
    void on_head(const boost::beast::error_code& ec);
    void on_read(const boost::beast::error_code& ec);
    void on_bad_request(const boost::beast::error_code& ec);
    void answer_fault(unsigned status, std::string_view reason);
    void answer_request();
    std::optional<ip_endpoint> client();
    bool try_upgrade(const request& asked);
    void send(response answer, bool keep_alive);
    void write_response(response answer, bool keep_alive);
    bool is_too_much(const response& answer) const;
    void count_sent(std::size_t bytes);
    void after_response(const boost::beast::error_code& ec, bool keep_alive);
    void queue_bytes(std::string bytes);
    void write_queued();
    void on_queued_written(const boost::beast::error_code& ec);
    void watch_client();
    void lose_client();
    void tell_watcher();
    void hang_up();

    byte_stream stream_;
    boost::asio::steady_timer request_timer_;
    bool is_request_late_ = false;
    request_handler& handler_;
    const http_limits& limits_;
    boost::beast::flat_buffer buffer_;
    std::optional<parser_type> parser_;
    response_type response_;
    std::shared_ptr<void> body_hold_;  ///< as body_terms have it
    std::shared_ptr<std::size_t> sent_;
    std::size_t own_sent_ = 0;  ///< of `sent_`
    phase phase_ = phase::reading;
    std::deque<std::string> queue_;  ///< raw bytes of a streamed answer, the first being written
    std::size_t queued_bytes_ = 0;
    bool is_stream_ended_ = false;
    bool is_client_watched_ = false;
    std::function<void()> watcher_;
    std::weak_ptr<websocket_session> upgraded_;
};

}  // namespace meshhost::http
