// SPDX-License-Identifier: Apache-2.0
#include "gossip/topic_streams.hpp"

#include "gossip/proto/topic_stream.hpp"
#include "transport/unsent_bytes.hpp"

#include <algorithm>
#include <utility>

namespace meshhost::gossip {

/// One stream, which keeps this object until its end; the table may be gone before.
class topic_streams::topic_stream final : public transport::stream_handler {
public:
    topic_stream(topic_streams& table, const identity::topic_id& topic)
        : table_(&table)
        , topic_(topic) {}

    bool open(transport::connection& over, std::shared_ptr<topic_stream> self) {
        stream_ = over.open_uni(std::move(self));
        if (stream_ == nullptr) return false;
        write(proto::make_stream_header(topic_));
        return true;
    }
    void detach() noexcept { table_ = nullptr; }

    const identity::topic_id& topic() const noexcept { return topic_; }
    /// Nothing of it waits for room in the transport.
    bool is_clear() const noexcept { return unsent_.empty(); }

    void write(bytes_view data) {
        unsent_.push(data);
        flush();
    }
    void finish() {
        is_finishing_ = true;
        flush();
    }

    void on_data(transport::stream& from, bytes_view data, bool) override {
        from.consume(data.size());  // nobody can write on it but us
    }
    void on_writable(transport::stream&) override {
        flush();
        if (is_clear() && table_ != nullptr) table_->sink_.on_streams_moved();
    }
    void on_closed(transport::stream&, transport::stream_end, std::uint64_t) override {
        if (table_ != nullptr) std::exchange(table_, nullptr)->on_ended(*this);
    }

    std::uint64_t used = 0;  ///< when, in frames of the connection

private:
    void flush() { unsent_.flush(*stream_, is_finishing_); }

    topic_streams* table_;
    identity::topic_id topic_;
    std::shared_ptr<transport::stream> stream_;
    transport::unsent_bytes unsent_;  ///< at most one frame and a header
    bool is_finishing_ = false;
};

topic_streams::~topic_streams() {
    for (const auto& [topic, stream] : open_)
        stream->detach();
    for (const auto& stream : ending_)
        stream->detach();
}

bool topic_streams::place(transport::connection& over, const proto::send_output& frame) {
    topic_stream* const stream = stream_for(over, frame.topic);
    if (stream == nullptr || !stream->is_clear()) return false;
    stream->used = ++uses_;
    stream->write(frame.frame.view());
    if (frame.is_last) end(frame.topic);
    return true;
}

topic_streams::topic_stream* topic_streams::stream_for(
    transport::connection& over,
    const identity::topic_id& topic
) {
    const auto known = open_.find(topic);
    if (known != open_.end()) return known->second.get();
    const auto made = std::make_shared<topic_stream>(*this, topic);
    if (!made->open(over, made)) {
        if (ending_.empty() && !is_room_made_) make_room();
        return nullptr;
    }
    is_room_made_ = false;
    return open_.emplace(topic, made).first->second.get();
}

void topic_streams::make_room() {
    is_room_made_ = true;
    std::vector<std::shared_ptr<topic_stream>> streams;
    for (const auto& [topic, stream] : open_)
        streams.push_back(stream);
    std::sort(streams.begin(), streams.end(), [](const auto& a, const auto& b) {
        return a->used < b->used;
    });
    streams.resize((streams.size() + 3) / 4);
    for (const auto& stream : streams)
        end(stream->topic());
}

void topic_streams::end(const identity::topic_id& topic) {
    const auto at = open_.find(topic);
    const auto stream = std::move(at->second);
    open_.erase(at);
    ending_.push_back(stream);
    stream->finish();
}

void topic_streams::finish() {
    while (!open_.empty())
        end(identity::topic_id(open_.begin()->first));
}

void topic_streams::on_ended(const topic_stream& ended) {
    const auto at = open_.find(ended.topic());
    if (at != open_.end() && at->second.get() == &ended) open_.erase(at);
    std::erase_if(ending_, [&](const auto& stream) { return stream.get() == &ended; });
    sink_.on_streams_moved();
}

}  // namespace meshhost::gossip
