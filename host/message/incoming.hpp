// SPDX-License-Identifier: Apache-2.0
#pragma once
// One request or notice of another host's, over a stream.
#include "base/time.hpp"
#include "message/frame.hpp"
#include "message/port.hpp"
#include "message/status.hpp"
#include "transport/connection.hpp"
#include "transport/unsent_bytes.hpp"

#include <memory>

namespace meshhost::message {

class incoming;

class incoming_owner {
public:
    virtual void on_asked(const std::shared_ptr<incoming>& from, asked_frame asked) = 0;
    /// Last.
    virtual void on_ended(incoming& ended) = 0;

protected:
    ~incoming_owner() = default;
};

/// Kept by the transport until its stream has ended, and by whoever answers. detach() when the
/// owner goes first. One thread: the shard's.
class incoming final : public asked_request,
                       public transport::stream_handler,
                       public std::enable_shared_from_this<incoming> {
public:
    /// The whole frame has to come, and the answer be taken, within `patience`.
    incoming(
        incoming_owner& owner,
        std::shared_ptr<transport::stream> stream,
        duration patience,
        time_point now
    );

    /// Ends it when its time is over.
    void check(time_point now);
    /// Nothing is told to the owner from here on. Who waits to answer learns that nobody waits.
    void detach();

    bool is_notice() const noexcept { return !stream_->is_bidi(); }
    void await_answer_until(time_point deadline) noexcept { deadline_ = deadline; }
    void break_off(close_code code);

    void answer(std::int32_t status, bytes_view body) override;

    void on_data(transport::stream& from, bytes_view data, bool fin) override;
    void on_writable(transport::stream& to) override;
    void on_closed(transport::stream&, transport::stream_end, std::uint64_t) override;

private:
    enum class phase : std::uint8_t { reading, waiting, finishing, closed };

    incoming_owner* owner_;
    std::shared_ptr<transport::stream> stream_;
    duration patience_;
    time_point deadline_;  ///< of what it waits for
    time_point checked_;   ///< about now
    phase phase_ = phase::reading;
    frame_reader reader_;
    transport::unsent_bytes unsent_;
};

}  // namespace meshhost::message
