// SPDX-License-Identifier: Apache-2.0
#pragma once
// One question to another host, from the wait for a connection to the answer's last byte.
#include "base/time.hpp"
#include "introspect/asker.hpp"
#include "introspect/message.hpp"
#include "transport/connection.hpp"
#include "transport/unsent_bytes.hpp"

#include <memory>

namespace meshhost::introspect {

class asked_stream;

class asked_stream_sink {
public:
    /// It has its answer, or none, or nobody wants it any more.
    virtual void on_done(asked_stream& done) = 0;

protected:
    ~asked_stream_sink() = default;
};

/// Kept by its owner until on_done(), and by the transport. detach() when the owner goes first.
/// One thread: the shard's.
class asked_stream final : public call,
                           public transport::stream_handler,
                           public std::enable_shared_from_this<asked_stream> {
public:
    asked_stream(
        asked_stream_sink& owner,
        const identity::endpoint_id& whom,
        byte_buffer question,
        std::shared_ptr<answer_sink> sink,
        time_point deadline
    );

    /// Sends the question. False: no stream may be opened now.
    bool begin(transport::connection& on);
    /// Ends it, with a word to the sink.
    void fail(const failure& why);
    /// The owner has let go of it, and is told nothing more.
    void leave_owner() noexcept { owner_ = nullptr; }
    /// Nor is the sink.
    void detach();

    bool is_begun() const noexcept { return stream_ != nullptr; }
    const identity::endpoint_id& whom() const noexcept { return whom_; }
    /// no_deadline once a stream is being answered: it may be silent for long.
    time_point deadline() const noexcept { return deadline_; }

    void cancel() override;
    void resume() override;

    void on_data(transport::stream& from, bytes_view data, bool fin) override;
    void on_writable(transport::stream& to) override { question_.flush(to, true); }
    void on_closed(transport::stream&, transport::stream_end end, std::uint64_t code) override;

private:
    void take_head();
    void finish(const std::optional<failure>& fault);
    void let_go(bool is_abandoned);

    asked_stream_sink* owner_;
    identity::endpoint_id whom_;
    transport::unsent_bytes question_;
    std::shared_ptr<answer_sink> sink_;  ///< null: done
    time_point deadline_;
    std::shared_ptr<transport::stream> stream_;
    message_reader reader_;
    bool has_head_ = false;
    std::size_t held_credit_ = 0;  ///< given back with resume()
};

}  // namespace meshhost::introspect
