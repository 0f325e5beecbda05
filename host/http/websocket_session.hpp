// SPDX-License-Identifier: Apache-2.0
#pragma once
// One connection that has become a WebSocket. Kept alive by its own pending operations.
#include "http/stream.hpp"
#include "http/websocket.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/websocket/stream.hpp>

#include <deque>
#include <optional>

namespace meshhost::http {

class websocket_session final : public websocket,
                                public std::enable_shared_from_this<websocket_session> {
public:
    using request_type = boost::beast::http::request<boost::beast::http::string_body>;

    /// `owner` lives as long as the session: it is what the server counts.
    websocket_session(
        byte_stream stream,
        request_type asked,
        websocket_offer offer,
        std::shared_ptr<void> owner
    );

    void start();
    /// From now on nothing reaches the handler and the client sees the end.
    void drop();

    void send(std::shared_ptr<const std::string> text) override;
    std::size_t waiting() const override { return queued_bytes_; }
    void close(unsigned code, std::string_view reason) override;
    void cut_off() override { end(); }

private:
    void read_text();
    void on_text(const boost::beast::error_code& ec);
    void write_queued();
    void on_written(const boost::beast::error_code& ec);
    void say_close();
    void end();

    boost::beast::websocket::stream<byte_stream> stream_;
    request_type asked_;
    std::shared_ptr<websocket_handler> handler_;  ///< nullptr once it was told of the end
    std::shared_ptr<void> owner_;
    boost::beast::flat_buffer buffer_;
    std::deque<std::shared_ptr<const std::string>> queue_;  ///< the first is being written
    std::size_t queued_bytes_ = 0;
    std::optional<boost::beast::websocket::close_reason> closing_;
    bool is_open_ = false;
};

}  // namespace meshhost::http
