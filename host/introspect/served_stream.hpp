// SPDX-License-Identifier: Apache-2.0
#pragma once
// One question of another host and its answer: the exchange that the routes answer, over a stream.
#include "base/time.hpp"
#include "http/http_server.hpp"
#include "introspect/message.hpp"
#include "transport/connection.hpp"
#include "transport/unsent_bytes.hpp"

#include <functional>
#include <memory>

namespace meshhost::introspect {

struct serve_limits {
    std::size_t connections_max = 64;
    std::size_t connections_per_peer_max = 4;
    std::size_t streams_max = 64;
    std::size_t streams_per_peer_max = 8;
    std::size_t answer_bytes_max = 8u << 20;    ///< of an answer in one piece
    std::size_t unread_bytes_max = 256u << 10;  ///< of a stream, written and not yet taken
    duration question_timeout = 10s;            ///< from the stream's beginning to the whole of it
    duration reading_timeout = 30s;             ///< within it the asker has to take something
    duration idle_timeout = 30s;                ///< of a connection without streams
};

class served_stream;

class served_stream_sink {
public:
    virtual void on_question(const std::shared_ptr<served_stream>& from, question asked) = 0;
    /// Last.
    virtual void on_served(served_stream& ended) = 0;

protected:
    ~served_stream_sink() = default;
};

/// Kept by the transport until its stream has ended, and by whoever answers. detach() when the
/// sink goes first. One thread: the shard's, which outlives it.
class served_stream final : public transport::stream_handler,
                            public http::exchange,
                            public std::enable_shared_from_this<served_stream> {
public:
    served_stream(
        served_stream_sink& sink,
        std::shared_ptr<transport::stream> stream,
        const serve_limits& limits,
        time_point now
    );

    /// The deadline passed: it is ended. `now` also starts the clock of a reader that stalls.
    void check(time_point now);
    /// The connection's buffers have emptied.
    void on_room();
    /// Nothing is told to the sink from here on, and nothing is sent.
    void detach();

    void on_data(transport::stream& from, bytes_view data, bool fin) override;
    void on_writable(transport::stream&) override;
    void on_closed(transport::stream&, transport::stream_end, std::uint64_t) override;

    void reply(http::response answer) override;
    void begin_stream(std::string_view content_type, const http::header_list&) override;
    bool write(std::string_view data) override;
    void finish() override;
    std::size_t waiting() const override;
    void watch(std::function<void()> changed) override;

private:
    enum class phase { reading, answering, streaming, finishing, closed };

    void send(bytes_view data);
    void flush();
    void ask_for_room();
    void break_off(std::uint64_t code);

    served_stream_sink* sink_;
    std::shared_ptr<transport::stream> stream_;
    const serve_limits& limits_;
    message_reader reader_;
    phase phase_ = phase::reading;
    transport::unsent_bytes unsent_;
    std::function<void()> watcher_;
    time_point deadline_;                     ///< while it reads the question
    bool is_stalled_ = false;                 ///< something waits for the asker to read
    time_point stalled_since_ = no_deadline;  ///< as of the last check()
};

}  // namespace meshhost::introspect
