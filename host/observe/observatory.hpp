// SPDX-License-Identifier: Apache-2.0
#pragma once
// Keeps the picture of the mesh up to date, tells what changed, and remembers the last minutes.
#include "admin/host_view.hpp"
#include "admin/mesh_answers.hpp"
#include "net/deadline_timer.hpp"
#include "net/shard.hpp"
#include "observe/line_reader.hpp"
#include "observe/proto/change_log.hpp"
#include "observe/proto/link_history.hpp"
#include "observe/proto/series.hpp"
#include "observe/scene.hpp"
#include "telemetry/event_journal.hpp"

#include <chrono>
#include <memory>
#include <string>

namespace meshhost::observe {

/// Hears of changes. Never from inside a call on the observatory.
class picture_sink {
public:
    virtual void on_delta(const proto::change_log::frame& told) = 0;
    /// Once a second, after a delta if there was one.
    virtual void on_tick(const proto::change_log::frame& told) = 0;

protected:
    ~picture_sink() = default;
};

/// What it answers from. All of it outlives the observatory.
struct observatory_parts {
    net::shard& shard;
    const admin::host_view& view;
    telemetry::event_source& journal;
    introspect::asker& asker;
};

/// Other hosts are asked for their meters while somebody looks, and for ten minutes after; states
/// and links come from what the gossip brings anyhow. One thread: the shard's.
class observatory final : private net::deadline_sink {
public:
    static constexpr duration round = 2s;            ///< between two questions to every host
    static constexpr duration refresh = 250ms;       ///< while somebody looks
    static constexpr duration slow_refresh = 1s;     ///< else
    static constexpr int rest_per_look = 4;          ///< times as long as it took
    static constexpr duration watched_for = 10min;   ///< after the last one has gone
    static constexpr duration asked_for = 1min;      ///< after a question
    static constexpr std::size_t events_told = 200;  ///< with a snapshot

    /// The last minutes are kept in `blocks`; nullptr: in memory.
    observatory(
        const observatory_parts& parts,
        boost::json::object mesh,
        picture_sink& sink,
        std::unique_ptr<proto::block_store> blocks = {}
    );
    observatory(const observatory&) = delete;
    observatory& operator=(const observatory&) = delete;
    ~observatory();

    /// So many look now.
    void set_watchers(std::size_t count);

    /// Somebody asks, without watching: hosts are asked for their meters for a while, so that the
    /// next answer has them.
    void note_question();

    /// A snapshot frame of the present state; the same text until it changes.
    proto::change_log::frame snapshot_frame();
    const proto::packed_picture& picture() const noexcept { return now_; }
    /// As scene::told().
    const proto::told_edge* told(const std::string& node, const std::string& peer) const {
        return scene_.told(node, peer);
    }
    const proto::change_log& log() const noexcept { return log_; }
    const proto::link_history& links() const noexcept { return links_; }
    const proto::series& series() const noexcept { return series_; }
    /// When the present step of the series began, since the Unix epoch.
    std::chrono::milliseconds last_step() const noexcept { return last_step_; }
    std::uint64_t sequence() const noexcept { return sequence_; }
    std::uint64_t rounds() const noexcept { return rounds_; }

private:
    void on_deadline(time_point now) override;
    void begin_rounds();
    void end_rounds();
    void look(const moment& at);
    void take_step(time_point now);
    boost::json::array new_events();
    boost::json::array last_events() const;

    observatory_parts parts_;
    picture_sink& sink_;
    std::string self_;
    scene scene_;
    admin::mesh_answers meters_;
    std::shared_ptr<line_reader> reader_;  ///< null: nobody is asked
    net::deadline_timer timer_;
    proto::packed_picture now_;
    proto::change_log log_;
    proto::link_history links_;
    proto::series series_;
    proto::change_log::frame snapshot_;  ///< null: to be made
    /// Of the state; begins at the present millisecond, so that no state of an earlier run of this
    /// host has the number of a later one's.
    std::uint64_t sequence_;
    std::uint64_t next_event_ = 1;
    std::chrono::milliseconds last_at_{};  ///< of the log, whatever the clock is set to
    std::uint64_t rounds_ = 0;
    std::size_t watchers_ = 0;
    time_point watched_until_{};
    time_point next_step_{};
    std::chrono::milliseconds last_step_{};
    time_point next_tick_{};
};

}  // namespace meshhost::observe
