// SPDX-License-Identifier: Apache-2.0
#pragma once
// One stream that the host holds for an instance: bytes from the peer wait here until the instance
// has room, bytes from the instance until the transport has.
#include "plugin/proto/chunk_queue.hpp"
#include "plugin/proto/link_message.hpp"
#include "plugin/proto/stream_account.hpp"
#include "transport/connection.hpp"

#include <memory>

namespace meshhost::plugin {

class held_stream;

/// Who holds it.
class held_stream_owner {
public:
    /// Something waits to be sent down, or it is over.
    virtual void on_stream_dirty(held_stream& stream) = 0;
    /// `bytes` more of this stream are unread. False: that is too much.
    virtual bool on_stream_received(held_stream& stream, std::size_t bytes) = 0;
    virtual void on_stream_read(std::size_t bytes) = 0;
    /// The same of what the instance wrote, and the transport has not taken.
    virtual bool on_stream_written(std::size_t bytes) = 0;
    virtual void on_stream_sent(std::size_t bytes) = 0;
    virtual void say(proto::down_message message) = 0;

protected:
    ~held_stream_owner() = default;
};

/// Kept by the transport, too: after detach() it takes nothing of its owner. One thread: the
/// shard's.
class held_stream final : public transport::stream_handler,
                          public std::enable_shared_from_this<held_stream> {
public:
    held_stream(
        held_stream_owner& owner,
        proto::link_number number,
        proto::link_number connection,
        bool is_bidi,
        std::uint64_t window
    );

    proto::link_number number() const noexcept { return number_; }
    proto::link_number connection() const noexcept { return connection_; }
    bool is_bidi() const noexcept { return is_bidi_; }
    bool is_open() const noexcept { return stream_ != nullptr; }
    /// Received, and not read by the instance.
    std::size_t unread() const noexcept { return inbound_.size() + account_.below(); }

    /// Of one that the instance wanted, when the peer allows it; of one the peer opened, at once.
    void open(std::shared_ptr<transport::stream> stream, bool is_ours);

    // --- the instance
    void write(byte_buffer data, bool is_last);
    void take(std::uint64_t bytes);
    void give_up(proto::stream_side side, std::uint64_t code);

    /// Writes what waits, as far as the transport has room.
    void pump();
    /// Sends down what waits, as far as the instance has room.
    void push();
    /// Nothing more is to be said of it: the end was the last.
    bool is_done() const noexcept { return is_done_; }

    /// Ends it at both ends with one of the host's own codes.
    void break_off(std::uint64_t code);
    void detach();

private:
    void on_data(transport::stream& from, bytes_view data, bool fin) override;
    void on_writable(transport::stream& to) override;
    void on_closed(transport::stream& closed, transport::stream_end how, std::uint64_t code)
        override;

    void forget_received();
    void forget_written();
    void end(bool is_broken, std::uint64_t code);
    bool may_write() const;

    held_stream_owner* owner_;
    proto::link_number number_;
    proto::link_number connection_;
    bool is_bidi_;
    bool is_ours_ = true;
    std::shared_ptr<transport::stream> stream_;
    proto::stream_account account_;
    proto::chunk_queue inbound_;
    proto::chunk_queue outbound_;
    bool has_last_in_ = false;      ///< the peer has finished
    bool was_last_pushed_ = false;  ///< and the instance knows
    bool was_last_sent_ = false;
    bool is_reading_ = true;
    bool is_writing_ = true;
    bool is_finished_ = false;  ///< the transport has let go of it, in order
    bool is_done_ = false;
};

}  // namespace meshhost::plugin
