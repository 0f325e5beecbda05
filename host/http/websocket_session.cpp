// SPDX-License-Identifier: Apache-2.0
#include "http/websocket_session.hpp"

#include <boost/asio/buffer.hpp>

#include <chrono>
#include <utility>

namespace meshhost::http {

namespace beast = boost::beast;

namespace {

// Beast pings a client that has said nothing for half of the idle time.
constexpr auto handshake_time = std::chrono::seconds(10);
constexpr auto idle_time = std::chrono::seconds(30);
constexpr std::size_t close_reason_max = 123;  ///< bytes (RFC 6455 section 5.5)

}  // namespace

websocket_session::websocket_session(
    byte_stream stream,
    request_type asked,
    websocket_offer offer,
    std::shared_ptr<void> owner
)
    : stream_(std::move(stream))
    , asked_(std::move(asked))
    , handler_(std::move(offer.handler))
    , owner_(std::move(owner))
    , buffer_(websocket_text_max) {
    beast::get_lowest_layer(stream_).expires_never();
    stream_.set_option(beast::websocket::stream_base::timeout{handshake_time, idle_time, true});
    stream_.read_message_max(websocket_text_max);
    stream_.text(true);
    stream_.auto_fragment(false);  // a text is whole already
    if (!offer.subprotocol.empty())
        stream_.set_option(beast::websocket::stream_base::decorator(
            [name = std::move(offer.subprotocol)](beast::websocket::response_type& answer) {
                answer.set(beast::http::field::sec_websocket_protocol, name);
            }
        ));
}

void websocket_session::start() {
    stream_.async_accept(asked_, [self = shared_from_this()](const beast::error_code& ec) {
        if (ec || !self->handler_) return self->end();
        self->is_open_ = true;
        self->handler_->on_open(self);
        self->read_text();
    });
}

void websocket_session::drop() {
    handler_ = nullptr;
    is_open_ = false;
    beast::get_lowest_layer(stream_).close();
}

void websocket_session::read_text() {
    stream_.async_read(
        buffer_,
        [self = shared_from_this()](const beast::error_code& ec, std::size_t) { self->on_text(ec); }
    );
}

void websocket_session::on_text(const beast::error_code& ec) {
    if (ec) return end();
    const auto bytes = buffer_.cdata();
    const std::string_view text(static_cast<const char*>(bytes.data()), bytes.size());
    if (!stream_.got_text())
        close(beast::websocket::close_code::unknown_data, "texts only");
    else if (handler_ && !closing_)
        handler_->on_text(text);
    buffer_.consume(buffer_.size());
    read_text();
}

void websocket_session::send(std::shared_ptr<const std::string> text) {
    if (!is_open_ || closing_) return;
    queued_bytes_ += text->size();
    queue_.push_back(std::move(text));
    if (queue_.size() == 1) write_queued();
}

void websocket_session::write_queued() {
    stream_.async_write(
        boost::asio::buffer(*queue_.front()),
        [self = shared_from_this()](const beast::error_code& ec, std::size_t) {
            self->on_written(ec);
        }
    );
}

void websocket_session::on_written(const beast::error_code& ec) {
    if (ec || !is_open_) return end();
    queued_bytes_ -= queue_.front()->size();
    queue_.pop_front();
    if (!queue_.empty()) return write_queued();
    if (closing_) return say_close();
    if (handler_) handler_->on_drained();
}

void websocket_session::close(unsigned code, std::string_view reason) {
    if (!is_open_ || closing_) return;
    closing_.emplace(
        static_cast<beast::websocket::close_code>(code),
        beast::string_view(reason.data(), std::min(reason.size(), close_reason_max))
    );
    if (queue_.empty()) say_close();
}

void websocket_session::say_close() {
    stream_.async_close(*closing_, [self = shared_from_this()](const beast::error_code&) {
        self->end();
    });
}

void websocket_session::end() {
    const bool was_open = std::exchange(is_open_, false);
    if (const auto handler = std::exchange(handler_, nullptr); handler && was_open)
        handler->on_closed();
    beast::get_lowest_layer(stream_).close();
}

}  // namespace meshhost::http
