// SPDX-License-Identifier: Apache-2.0
#pragma once
// One comparison of two registries on one stream of `mesh/sync/1` (docs/wire/digest.md): each end
// gets the records that it lacks.
//
//   opener → summary          answerer → differing, entries ..., end
//          → entries ... record ... wanted ... end
//                                      → record ... end
#include "peers/proto/config.hpp"
#include "peers/proto/frame_assembler.hpp"
#include "peers/proto/sync_store.hpp"

#include <bitset>
#include <deque>
#include <optional>

namespace meshhost::peers::proto {

/// An operation. Holds ids, never records: those are read when their turn to be sent has come. At
/// most peers_max entries, records and wishes are taken of the other end.
class sync_exchange {
public:
    enum class phase : std::uint8_t {
        waiting,   ///< for the other end
        finished,  ///< everything was said and read
        failed,    ///< the other end broke a rule
    };

    /// `store` outlives it.
    sync_exchange(sync_store& store, const identity::endpoint_id& peer, std::size_t peers_max)
        : store_(store)
        , peer_(peer)
        , peers_max_(peers_max) {}

    /// This end opened the stream.
    void open();

    void receive(bytes_view data, time_point now);
    /// The next frame to send: call while the stream takes it.
    std::optional<byte_buffer> poll_frame();
    /// Everything was said: the stream may be finished once it is sent.
    bool has_said_all() const noexcept { return is_end_queued_ && queue_.empty(); }

    phase where() const noexcept { return phase_; }
    /// Records of the other end that were news.
    std::size_t news() const noexcept { return news_; }

private:
    enum class frame_type : std::uint8_t {
        summary = 1,
        differing = 2,
        entries = 3,
        record = 4,
        wanted = 5,
        end = 6
    };
    /// A frame, or the id of somebody whose record goes into one.
    struct item {
        byte_buffer frame;
        identity::endpoint_id record_of;
    };

    bool take(const frame& from, time_point now);
    bool take_summary(bytes_view payload);
    bool take_differing(bytes_view payload);
    bool take_entries(bytes_view payload, time_point now);
    bool take_wanted(bytes_view payload);
    bool take_end();

    void compare();
    bool count(std::size_t things);
    void queue(frame_type type, bytes_view payload);
    void queue_entries(const std::vector<sync_entry>& entries);
    void queue_wanted(const std::vector<identity::endpoint_id>& ids);
    void queue_end();

    sync_store& store_;
    identity::endpoint_id peer_;
    std::size_t peers_max_;
    phase phase_ = phase::waiting;
    bool is_opener_ = false;
    bool has_summary_ = false;  ///< of the opener
    bool is_end_queued_ = false;
    frame_assembler frames_;
    std::deque<item> queue_;
    std::bitset<sync_buckets> differing_;
    std::vector<sync_entry> theirs_;
    std::size_t taken_ = 0;  ///< entries, records and wishes of the other end
    std::size_t news_ = 0;
};

}  // namespace meshhost::peers::proto
