// SPDX-License-Identifier: Apache-2.0
#pragma once
// One stream that the peer opened: its topic, then frames, as they come.
#include "gossip/proto/topic_stream.hpp"
#include "transport/stream.hpp"

#include <memory>

namespace meshhost::gossip {

class stream_intake;

class stream_intake_sink {
public:
    /// `body` is valid during the call only. May end the connection.
    virtual void on_frame(const identity::topic_id& topic, bytes_view body) = 0;
    /// The bytes are no frames; the stream is not read any further.
    virtual void on_intake_fault(error_code error) = 0;
    /// Last: the stream is gone.
    virtual void on_intake_ended(const stream_intake& ended) = 0;

protected:
    ~stream_intake_sink() = default;
};

/// Kept by the stream and by its owner; detach() when the owner goes first. Bounded: one frame.
class stream_intake final : public transport::stream_handler {
public:
    stream_intake(stream_intake_sink& sink, std::shared_ptr<transport::stream> stream)
        : sink_(&sink)
        , stream_(std::move(stream)) {}

    void detach() noexcept { sink_ = nullptr; }

    /// It has said which topic it is of.
    bool has_topic() const noexcept { return reader_.topic().has_value(); }

    /// Reads no more of it.
    void stop(std::uint64_t code) { stream_->stop(code); }

    void on_data(transport::stream& from, bytes_view data, bool fin) override;
    void on_closed(transport::stream&, transport::stream_end, std::uint64_t) override;

private:
    stream_intake_sink* sink_;
    std::shared_ptr<transport::stream> stream_;
    proto::topic_stream_reader reader_;
};

}  // namespace meshhost::gossip
