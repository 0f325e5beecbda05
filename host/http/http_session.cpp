// SPDX-License-Identifier: Apache-2.0
#include "http/http_session.hpp"

#include "http/websocket_session.hpp"
#include "net/socket_address.hpp"

#include <boost/asio/write.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <utility>

namespace meshhost::http {

namespace beast = boost::beast;

namespace {

constexpr unsigned http_1_1 = 11;

/// What to answer to bytes that are no request; 0 when there is nobody to answer.
unsigned fault_status(const beast::error_code& ec) {
    using beast::http::error;
    if (ec == error::end_of_stream || ec == error::partial_message) return 0;
    if (ec == error::header_limit || ec == error::buffer_overflow) return 431;
    if (ec == error::body_limit) return 413;
    if (ec.category() == beast::http::make_error_code(error::bad_method).category()) return 400;
    return 0;
}

/// Whether Beast will take it as one: it would answer others itself, with a page of its own.
template <class Message>
bool asks_for_websocket(const Message& message) {
    constexpr std::size_t key_size = 24;  // 16 bytes in base64 (RFC 6455 section 4.2.1)
    using beast::http::field;
    return beast::websocket::is_upgrade(message) && message.count(field::host) > 0
           && message[field::sec_websocket_version] == "13"
           && message[field::sec_websocket_key].size() == key_size;
}

header_list headers_of(const beast::http::fields& fields) {
    header_list all;
    for (const auto& field : fields) {
        std::string name(field.name_string());
        for (char& each : name)
            each = static_cast<char>(std::tolower(static_cast<unsigned char>(each)));
        all.emplace_back(std::move(name), std::string(field.value()));
    }
    return all;
}

}  // namespace

websocket_offer request_handler::on_upgrade(const request&) {
    return {};
}

std::optional<body_terms> request_handler::on_large_body(const request&) {
    return std::nullopt;
}

http_session::http_session(
    byte_stream stream,
    request_handler& handler,
    const http_limits& limits,
    std::shared_ptr<std::size_t> sent
)
    : stream_(std::move(stream))
    , request_timer_(stream_.get_executor())
    , handler_(handler)
    , limits_(limits)
    , buffer_(limits.header_bytes_max * 2)
    , sent_(std::move(sent)) {}

http_session::~http_session() {
    count_sent(0);
}

void http_session::start() {
    if (!stream_.is_secure()) return read_request();
    phase_ = phase::greeting;
    stream_.expires_after(limits_.handshake_timeout);
    stream_.async_handshake([self = shared_from_this()](const beast::error_code& ec, std::size_t) {
        if (self->phase_ == phase::closed) return;
        if (ec) return self->hang_up();
        self->read_request();
    });
}

void http_session::refuse(unsigned status, std::string_view reason) {
    if (stream_.is_secure()) return hang_up();
    phase_ = phase::answering;
    send(handler_.describe_fault(status, reason), false);
}

void http_session::drop() {
    if (const auto upgraded = upgraded_.lock()) return upgraded->drop();
    hang_up();
}

void http_session::read_request() {
    phase_ = phase::reading;
    parser_.emplace();
    parser_->header_limit(limits_.header_bytes_max);
    parser_->body_limit(boost::none);  // on_head() sets it
    await_request();
    beast::http::async_read_header(
        stream_,
        buffer_,
        *parser_,
        [self = shared_from_this()](const beast::error_code& ec, std::size_t) { self->on_head(ec); }
    );
}

/// How many bytes of it are taken; nullopt: it is answered without.
std::optional<std::uint64_t> http_session::admit_large_body() {
    const auto& message = parser_->get();
    const std::string_view target(message.target().data(), message.target().size());
    request asked;
    asked.method = std::string(message.method_string());
    asked.path = target.substr(0, target.find('?'));
    asked.headers = headers_of(message);
    auto terms = handler_.on_large_body(asked);
    if (!terms) return limits_.body_bytes_max;
    body_hold_ = std::move(terms->held);
    if (!terms->refusal) return terms->bytes_max;
    request_timer_.cancel();
    phase_ = phase::answering;
    send(std::move(*terms->refusal), false);
    return std::nullopt;
}

void http_session::on_head(const beast::error_code& fault) {
    if (phase_ == phase::closed) return;
    if (fault || parser_->is_done()) return on_read(fault);
    const auto length = parser_->content_length();
    std::uint64_t most = limits_.body_bytes_max;
    if (!length || *length > most) {
        const auto admitted = admit_large_body();
        if (!admitted) return;
        most = *admitted;
    }
    if (length && *length > most) return on_bad_request(beast::http::error::body_limit);
    parser_->body_limit(most);
    beast::http::async_read(
        stream_,
        buffer_,
        *parser_,
        [self = shared_from_this()](const beast::error_code& ec, std::size_t) { self->on_read(ec); }
    );
}

/// Not by the stream's own deadline: that closes it, and whoever has begun is told why.
void http_session::await_request() {
    stream_.expires_never();
    is_request_late_ = false;
    request_timer_.expires_after(limits_.request_timeout);
    request_timer_.async_wait([held = weak_from_this()](const beast::error_code& ec) {
        const auto self = ec ? nullptr : held.lock();
        if (self && self->phase_ == phase::reading) self->on_late_request();
    });
}

void http_session::on_late_request() {
    // It may have been put off when this was on its way already.
    if (request_timer_.expiry() > boost::asio::steady_timer::clock_type::now()) return;
    if (!has_begun()) return hang_up();
    is_request_late_ = true;
    beast::error_code ignored;
    stream_.socket().cancel(ignored);  // on_read() comes
}

bool http_session::has_begun() const {
    return buffer_.size() > 0 || parser_->got_some();
}

void http_session::on_read(const beast::error_code& ec) {
    request_timer_.cancel();
    if (phase_ == phase::closed) return;
    if (ec && is_request_late_) return answer_fault(408, "the request did not come in time");
    if (ec) return on_bad_request(ec);
    stream_.expires_never();  // the answer takes the time that it takes
    phase_ = phase::answering;
    if (parser_->get().version() != http_1_1)
        return answer_fault(505, "this server speaks HTTP/1.1");
    answer_request();
}

void http_session::on_bad_request(const beast::error_code& ec) {
    const unsigned status = fault_status(ec);
    if (status == 0) return hang_up();
    answer_fault(status, ec.message());
}

void http_session::answer_fault(unsigned status, std::string_view reason) {
    phase_ = phase::answering;
    send(handler_.describe_fault(status, reason), false);
}

void http_session::answer_request() {
    auto& message = parser_->get();
    const std::string_view target(message.target().data(), message.target().size());
    const auto path_end = std::min(target.find('?'), target.size());
    // RFC 9112 section 3.2: of two, others on the way may have gone by the other one.
    if (message.count(beast::http::field::host) > 1)
        return answer_fault(400, "there is more than one Host");
    const auto query_text = target.substr(std::min(path_end + 1, target.size()));
    if (query_text.size() > query_bytes_max)
        return answer_fault(414, fmt::format("a query has at most {} bytes", query_bytes_max));
    auto query = parse_query(query_text);
    if (!query) return answer_fault(400, "the query cannot be read");
    const request asked{
        std::string(message.method_string()),
        std::string(target.substr(0, path_end)),
        std::move(message.body()),
        std::move(*query),
        headers_of(message),
        client()};
    // A handler that throws has a fault of ours in it: it costs this answer, not the host.
    try {
        if (asks_for_websocket(message) && try_upgrade(asked)) return;
        handler_.on_request(asked, shared_from_this());
    } catch (const std::exception& fault) {
        if (phase_ == phase::answering)
            answer_fault(500, fault.what());
        else
            hang_up();
    }
}

/// nullopt: it came through a unix socket.
std::optional<ip_endpoint> http_session::client() {
    beast::error_code fault;
    const auto address = stream_.socket().remote_endpoint(fault);
    if (fault) return std::nullopt;
    return net::to_endpoint(address.data());
}

/// The socket goes to a session of its own, which keeps this one: the server counts it.
bool http_session::try_upgrade(const request& asked) {
    auto offer = handler_.on_upgrade(asked);
    if (!offer.handler) return false;
    phase_ = phase::upgraded;
    const auto session = std::make_shared<websocket_session>(
        std::move(stream_),
        parser_->release(),
        std::move(offer),
        shared_from_this()
    );
    upgraded_ = session;
    session->start();
    return true;
}

void http_session::reply(response answer) {
    if (phase_ != phase::answering) return;
    const bool keep_alive = parser_->keep_alive();
    send(std::move(answer), keep_alive);
}

/// All of a large answer lies here until the client has taken it: many who are slow take turns.
bool http_session::is_too_much(const response& answer) const {
    constexpr std::size_t large = 64u << 10;
    return answer.body.size() > large && *sent_ > 0
           && *sent_ + answer.body.size() > limits_.answer_bytes_max;
}

void http_session::count_sent(std::size_t bytes) {
    *sent_ = *sent_ - own_sent_ + bytes;
    own_sent_ = bytes;
}

void http_session::send(response answer, bool keep_alive) {
    watcher_ = nullptr;
    if (is_too_much(answer))
        answer = handler_.describe_fault(503, "other large answers are being sent: ask again");
    count_sent(answer.body.size());
    write_response(std::move(answer), keep_alive);
}

void http_session::write_response(response answer, bool keep_alive) {
    using beast::http::field;
    response_ = response_type(static_cast<beast::http::status>(answer.status), http_1_1);
    // RFC 9110 section 8.6: these have no content, and no length of it.
    const bool has_content = answer.status != 204 && answer.status != 304;
    if (has_content) response_.set(field::content_type, answer.content_type);
    response_.set(field::cache_control, "no-store");
    for (const auto& [name, value] : answer.headers)
        response_.set(name, value);
    response_.keep_alive(keep_alive);
    response_.body() = std::move(answer.body);
    if (has_content) response_.prepare_payload();
    // The head that GET would have, and nothing behind it (RFC 9110 section 9.3.2).
    if (parser_ && parser_->get().method() == beast::http::verb::head) response_.body().clear();
    stream_.expires_after(limits_.write_timeout);
    beast::http::async_write(
        stream_,
        response_,
        [self = shared_from_this(), keep_alive](const beast::error_code& ec, std::size_t) {
            self->after_response(ec, keep_alive);
        }
    );
}

void http_session::after_response(const beast::error_code& ec, bool keep_alive) {
    count_sent(0);
    body_hold_ = nullptr;
    response_ = {};
    if (phase_ == phase::closed) return;
    if (ec || !keep_alive) return hang_up();
    read_request();
}

void http_session::begin_stream(std::string_view content_type, const header_list& headers) {
    if (phase_ != phase::answering) return;
    phase_ = phase::streaming;
    is_stream_ended_ = false;
    auto head = fmt::format(
        "HTTP/1.1 200 OK\r\nContent-Type: {}\r\nCache-Control: no-store\r\n"
        "Transfer-Encoding: chunked\r\n",
        content_type
    );
    for (const auto& [name, value] : headers)
        head += fmt::format("{}: {}\r\n", name, value);
    queue_bytes(head + "\r\n");
    watch_client();
}

bool http_session::write(std::string_view data) {
    if (phase_ != phase::streaming || is_stream_ended_) return false;
    if (queued_bytes_ + data.size() > limits_.stream_bytes_max) {
        hang_up();
        return false;
    }
    if (!data.empty()) queue_bytes(fmt::format("{:x}\r\n{}\r\n", data.size(), data));
    return true;
}

void http_session::finish() {
    if (phase_ != phase::streaming || is_stream_ended_) return;
    is_stream_ended_ = true;
    watcher_ = nullptr;
    queue_bytes("0\r\n\r\n");
}

void http_session::queue_bytes(std::string bytes) {
    queued_bytes_ += bytes.size();
    queue_.push_back(std::move(bytes));
    if (queue_.size() == 1) write_queued();
}

void http_session::write_queued() {
    stream_.expires_after(limits_.write_timeout);
    boost::asio::async_write(
        stream_,
        boost::asio::buffer(queue_.front()),
        [self = shared_from_this()](const beast::error_code& ec, std::size_t) {
            self->on_queued_written(ec);
        }
    );
}

void http_session::on_queued_written(const beast::error_code& ec) {
    if (phase_ == phase::closed) return;
    if (ec) return lose_client();
    queued_bytes_ -= queue_.front().size();
    queue_.pop_front();
    if (!queue_.empty()) return write_queued();
    stream_.expires_never();  // the next line is as far away as the handler wants
    if (is_stream_ended_) return after_response({}, parser_->keep_alive());
    tell_watcher();
}

void http_session::watch(std::function<void()> changed) {
    if (phase_ != phase::answering && (phase_ != phase::streaming || is_stream_ended_)) return;
    watcher_ = std::move(changed);
    watch_client();
}

/// A stream may have nothing to say for hours: only this notices then that nobody listens. The
/// kernel reports a client that has closed (not one that only ended its sending) as an error.
void http_session::watch_client() {
    if (std::exchange(is_client_watched_, true)) return;
    stream_.socket().async_wait(
        boost::asio::socket_base::wait_error,
        [self = shared_from_this()](const beast::error_code&) { self->lose_client(); }
    );
}

void http_session::lose_client() {
    // Once upgraded, the socket is another's.
    if (phase_ == phase::closed || phase_ == phase::upgraded) return;
    const auto watcher = std::exchange(watcher_, nullptr);
    hang_up();
    if (watcher) watcher();
}

void http_session::tell_watcher() {
    if (const auto watcher = watcher_) watcher();  // a copy: it may set another
}

void http_session::hang_up() {
    phase_ = phase::closed;
    watcher_ = nullptr;
    body_hold_ = nullptr;
    beast::error_code ignored;
    stream_.say_end();
    stream_.socket().shutdown(boost::asio::socket_base::shutdown_both, ignored);
    stream_.close();
}

}  // namespace meshhost::http
