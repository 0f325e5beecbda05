// SPDX-License-Identifier: Apache-2.0
#pragma once
// One request or notice of this host's, from the wait for a connection to its answer.
#include "base/time.hpp"
#include "message/frame.hpp"
#include "message/port.hpp"
#include "message/status.hpp"
#include "transport/connection.hpp"
#include "transport/unsent_bytes.hpp"

#include <functional>
#include <memory>
#include <string_view>
#include <utility>

namespace meshhost::message {

class outgoing;

class outgoing_owner {
public:
    /// It has its answer, or was sent, or nobody wants it any more.
    virtual void on_done(outgoing& done) = 0;

protected:
    ~outgoing_owner() = default;
};

/// Kept by its owner until on_done(), and by the transport. One thread: the shard's.
class outgoing final : public transport::stream_handler,
                       public std::enable_shared_from_this<outgoing> {
public:
    /// A null `sink`: a notice, which has no answer. `number` is the sink's, `key` the owner's.
    outgoing(
        outgoing_owner& owner,
        const identity::endpoint_id& to,
        byte_buffer frame,
        time_point deadline,
        reply_sink* sink,
        std::uint64_t number,
        std::uint64_t key
    );

    /// Sends it. False: no stream may be opened now.
    bool begin(transport::connection& on);

    /// The answer; nothing when there was one before.
    void finish(std::int32_t status, bytes_view body);
    /// An answer of ours, in words.
    void fail(status why, std::string_view words);
    /// The sink goes: it is told nothing any more, and nothing is waited for.
    void abandon();
    /// Makes it a request of this host's to itself; `ended` is called when it is over.
    void make_local(std::function<void()> ended) {
        is_local_ = true;
        ended_ = std::move(ended);
    }
    bool is_local() const noexcept { return is_local_; }
    /// The owner goes, too.
    void detach() noexcept { owner_ = nullptr; }

    const identity::endpoint_id& to() const noexcept { return to_; }
    time_point deadline() const noexcept { return deadline_; }
    std::uint64_t key() const noexcept { return key_; }
    bool is_begun() const noexcept { return stream_ != nullptr; }

    void on_data(transport::stream& from, bytes_view data, bool fin) override;
    void on_writable(transport::stream& to) override;
    void on_closed(transport::stream&, transport::stream_end end, std::uint64_t code) override;

private:
    void let_go(bool is_abandoned);

    outgoing_owner* owner_;
    identity::endpoint_id to_;
    time_point deadline_;
    reply_sink* sink_;
    std::uint64_t number_;
    std::uint64_t key_;
    const bool is_notice_;
    bool is_done_ = false;
    bool is_answered_ = false;  ///< by the other host
    bool is_local_ = false;
    std::function<void()> ended_;
    transport::unsent_bytes unsent_;
    frame_reader reader_;
    std::shared_ptr<transport::stream> stream_;
};

}  // namespace meshhost::message
