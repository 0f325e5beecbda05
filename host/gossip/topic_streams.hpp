// SPDX-License-Identifier: Apache-2.0
#pragma once
// The streams that this host opened on one connection: one for each topic, from its first frame
// on, which the topic id goes before.
#include "gossip/proto/gossip_output.hpp"
#include "transport/connection.hpp"

#include <map>
#include <memory>
#include <vector>

namespace meshhost::gossip {

class topic_streams_sink {
public:
    /// What place() refused may fit now, or the last stream is gone.
    virtual void on_streams_moved() = 0;

protected:
    ~topic_streams_sink() = default;
};

/// Owned by one peer_connection. As many streams as the peer allows at once: when there are more
/// topics, the quarter of the streams that was used least recently is finished to make room, which
/// takes a round trip.
class topic_streams {
public:
    explicit topic_streams(topic_streams_sink& sink)
        : sink_(sink) {}
    topic_streams(const topic_streams&) = delete;
    topic_streams& operator=(const topic_streams&) = delete;
    ~topic_streams();

    /// False: not now, on_streams_moved() says when. Finishes the stream after a last frame.
    bool place(transport::connection& over, const proto::send_output& frame);

    /// Room was made, and the peer allows no stream for it.
    bool is_starved() const noexcept { return is_room_made_ && ending_.empty(); }

    /// Ends every stream in order. What was placed is on its way.
    void finish();
    /// Everything placed has arrived: after finish() only.
    bool is_delivered() const noexcept { return open_.empty() && ending_.empty(); }

    std::size_t size() const noexcept { return open_.size() + ending_.size(); }

private:
    class topic_stream;

    topic_stream* stream_for(transport::connection& over, const identity::topic_id& topic);
    void end(const identity::topic_id& topic);
    void make_room();
    void on_ended(const topic_stream& ended);

    topic_streams_sink& sink_;
    std::map<identity::topic_id, std::shared_ptr<topic_stream>> open_;
    std::vector<std::shared_ptr<topic_stream>> ending_;  ///< finished, not acknowledged
    std::uint64_t uses_ = 0;
    bool is_room_made_ = false;  ///< for a stream that was refused since
};

}  // namespace meshhost::gossip
