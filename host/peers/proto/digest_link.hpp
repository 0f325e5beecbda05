// SPDX-License-Identifier: Apache-2.0
#pragma once
// One `mesh/digest/1` connection to one peer: its frames in, the next frame out, its deadlines.
// Flags instead of queues: whatever waits is made when it can go, from what is true then.
#include "base/ip_endpoint.hpp"
#include "base/strong_id.hpp"
#include "base/time.hpp"
#include "base/token_bucket.hpp"
#include "identity/endpoint_id.hpp"
#include "peers/proto/config.hpp"
#include "peers/proto/digest_message.hpp"
#include "peers/proto/errc.hpp"
#include "peers/proto/frame_assembler.hpp"
#include "peers/proto/record_pace.hpp"
#include "peers/proto/self_record.hpp"

#include <optional>
#include <string>

namespace meshhost::peers::proto {

/// Names one connection, between the machine and its driver; larger is later. Never reused.
using link_id = strong_id<struct link_tag, std::uint64_t>;

enum class link_phase : std::uint8_t {
    dialling,  ///< by us, no answer yet
    accepted,  ///< opened by the peer, its stream has not appeared yet
    ready,     ///< there is a stream
    closing,   ///< we closed it, and wait to hear that it is gone
};

/// A machine's part. Owned by peers_state.
class digest_link {
public:
    digest_link(link_id id, const identity::endpoint_id& peer, const config& options);

    link_id id() const noexcept { return id_; }
    const identity::endpoint_id& peer() const noexcept { return peer_; }
    link_phase phase() const noexcept { return phase_; }
    /// We opened it.
    bool is_dialled() const noexcept { return is_dialled_; }
    const std::optional<ip_endpoint>& remote() const noexcept { return remote_; }
    /// The incarnation of the peer that is at the other end; nullopt until it has said so.
    const std::optional<std::uint64_t>& incarnation() const noexcept { return incarnation_; }

    /// The schedule counts it as a dial that waits for its answer.
    bool is_dial_pending() const noexcept { return is_dial_pending_; }
    /// Why we closed it; `unspecified` before that.
    close_code closed_with() const noexcept { return closed_with_; }
    const std::string& closed_because() const noexcept { return closed_because_; }

    void dial();
    void forget_dial() noexcept { is_dial_pending_ = false; }
    void accept(time_point now);
    void become_ready(const std::optional<ip_endpoint>& remote, time_point now);
    void become_closing(close_code code, std::string reason);

    // --- in ---

    void feed(bytes_view data) { frames_.feed(data); }
    /// The next message; nullopt: feed more, or look at fault().
    std::optional<digest_message> poll_message(time_point now);
    /// What the peer's bytes did wrong; `unspecified` while all is well. Sticky.
    close_code fault() const noexcept { return fault_; }

    /// The peer said who it is now: the link has served its first purpose.
    void identified(std::uint64_t incarnation) { incarnation_ = incarnation; }
    /// The peer has `version` of us.
    void acknowledged(const digest_version& version);

    // --- out ---

    /// Tell the peer that we have `version` of it.
    void owe_heard(const digest_version& version) { heard_owed_ = version; }
    /// Give the peer a newer record of itself than it sent.
    void owe_record(bytes_view record) { record_owed_.assign(record.begin(), record.end()); }
    /// The stream takes no more for now, or again.
    void set_blocked(bool blocked) { blocked_ = blocked; }

    /// The next frame to send; nullopt: nothing to say, or not yet. Drain.
    std::optional<byte_buffer> poll_frame(self_record& self, time_point now);

    /// The peer has what `self` says now.
    bool is_settled(const self_record& self) const;

    // --- time ---

    std::optional<time_point> next_deadline(const self_record& self) const;
    /// What the peer failed to do in time; `unspecified` while all is well.
    close_code overdue(time_point now) const;

private:
    std::optional<time_point> record_due(const self_record& self) const;
    byte_buffer make_record(self_record& self, time_point now);

    link_id id_;
    identity::endpoint_id peer_;
    config options_;
    link_phase phase_ = link_phase::accepted;
    bool is_dialled_ = false;
    bool is_dial_pending_ = false;
    close_code closed_with_ = close_code::unspecified;
    std::string closed_because_;
    std::optional<ip_endpoint> remote_;
    time_point opened_{};  ///< accepted, or ready: from then on a record is awaited
    std::optional<std::uint64_t> incarnation_;

    frame_assembler frames_;
    token_bucket frames_taken_;
    close_code fault_ = close_code::unspecified;

    bool blocked_ = false;
    std::optional<digest_version> heard_owed_;
    byte_buffer record_owed_;
    std::optional<digest_version> sent_;  ///< the newest of ours that went out
    node_state sent_state_ = node_state::joining;
    time_point sent_at_{};
    bool is_heard_ = true;  ///< it was acknowledged
    record_pace pace_;
};

}  // namespace meshhost::peers::proto
