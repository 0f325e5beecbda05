// SPDX-License-Identifier: Apache-2.0
// What a role's process is told, and what it says.
#include "net/shard.hpp"
#include "plugin/descriptor_passing.hpp"
#include "plugin/generation.hpp"
#include "plugin/process_instance.hpp"
#include "plugin/settings_json.hpp"
#include "plugin/strand_clock.hpp"

#include <boost/json/serialize.hpp>

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <type_traits>
#include <utility>

namespace meshhost::plugin {

namespace {

/// Told and not taken: more than any credit allows, so that the worker does not read.
constexpr std::size_t told_max = 16u << 20;
/// Peers in one message; a snapshot of many goes in several.
constexpr std::size_t peers_at_once = 64;
/// Taken in one turn of the loop, so that a worker that floods does not starve the rest.
constexpr std::size_t read_at_once = 64u << 10;

/// What nobody says who is being created: it would be taken down while it is made.
bool is_early(const proto::up_message& message) {
    return std::visit(
        [](const auto& said) {
            using type = std::decay_t<decltype(said)>;
            return std::is_same_v<
                       type,
                       proto::up::
                           exited> || std::is_same_v<type, proto::up::state_changed> || std::is_same_v<type, proto::up::swapped> || std::is_same_v<type, proto::up::config_judged>;
        },
        message
    );
}

}  // namespace

// --- what it is told

void process_instance::start() {
    is_to_start_ = true;
    tell(proto::worker::start{});
    if (is_created_) expect_started();
}

void process_instance::publish(proto::peer_snapshot_ptr snapshot) {
    if (!watch_) {
        known_ = std::move(snapshot);
        return;
    }
    proto::worker::peers batch{{}, false};
    const auto add = [&](proto::worker::peer_change change) {
        batch.changes.push_back(std::move(change));
        if (batch.changes.size() < peers_at_once) return;
        tell(std::exchange(batch, {{}, false}));
    };
    for (const auto& [id, peer] : *snapshot) {
        const auto before = told_->find(id);
        if (before == told_->end() || before->second != peer) add({id, peer});
    }
    for (const auto& [id, peer] : *told_) {
        if (!snapshot->contains(id)) add({id, std::nullopt});
    }
    batch.is_last = true;
    tell(batch);
    told_ = std::move(snapshot);
}

void process_instance::send(proto::down_message message) {
    tell(std::move(message));
}

void process_instance::swap(std::shared_ptr<const next_generation> next) {
    if (!send_descriptor(ends_.files.get(), next->image)) {
        return tell_host(proto::up::swapped{false, "MP320", "its process takes no new code"});
    }
    tell(proto::worker::swap{next->facts.path, boost::json::serialize(to_json(next->settings))});
    if (is_ending_) return;  // in time for that
    const duration limit = proto::swap_limit + facts_.start_limit;
    expect(awaited::swapped, strand_now() + limit, not_swapped(limit));
}

void process_instance::inject_exception() {
    tell(proto::worker::throw_now{});
}

void process_instance::shut_down(time_point drain_deadline) {
    tell(proto::worker::shut_down{drain_deadline});
    const time_point due =
        std::max(drain_deadline, strand_now()) + proto::stop_limit + proto::worker_allowance;
    const bool is_later = last_word_ || (is_ending_ && due >= due_);
    is_ending_ = true;
    if (is_later || !ends_.socket) return;
    expect(
        awaited::ended,
        due,
        {"MP308", "stalled: it does not end when it is told to: its process is killed"}
    );
}

void process_instance::tell(const proto::to_worker& message) {
    if (!ends_.socket) return;
    const bool was_empty = waiting_.empty();
    waiting_.put([&message](byte_buffer& out) { proto::encode(message, out); });
    if (was_empty) write_some();
    if (waiting_.size() > told_max) give_up(does_not_read());
}

/// Of a worker that is gone, reading tells.
void process_instance::write_some() {
    const std::size_t before = waiting_.size();
    const auto went = waiting_.write_to(ends_.socket.get());
    if (went == frame_writer::progress::blocked && watch_) watch_->watch_writable();
    const time_point due = unread_due_;
    if (waiting_.empty())
        unread_due_ = no_deadline;
    else if (waiting_.size() < before || due == no_deadline)
        unread_due_ = strand_now() + proto::unread_limit;
    if (unread_due_ != due) arm();
}

void process_instance::on_writable() {
    write_some();
}

// --- what it says

bool process_instance::on_readable() {
    std::size_t taken = 0;
    std::array<std::uint8_t, 16384> buffer;
    while (taken < read_at_once) {
        const auto size = ::read(ends_.socket.get(), buffer.data(), buffer.size());
        if (size < 0 && errno == EINTR) continue;
        if (size < 0 && errno == EAGAIN) return true;
        if (size <= 0) {
            child_.kill();  // without a socket it is of no use; its death tells the rest
            close();
            return true;
        }
        taken += static_cast<std::size_t>(size);
        reader_.feed(bytes_view(buffer).first(static_cast<std::size_t>(size)));
        const std::weak_ptr<bool> alive = alive_;
        const bool is_sound = take_frames();
        if (alive.expired()) return true;  // what it said was the end of this
        if (!is_sound) {
            give_up(no_message());
            return true;
        }
        // That was all of it; were it not, waiting again would say so at once.
        if (static_cast<std::size_t>(size) < buffer.size()) return true;
    }
    return false;
}

/// False: what came is no message, or out of turn; cause_ may say more. May destroy this.
bool process_instance::take_frames() {
    const std::weak_ptr<bool> alive = alive_;
    while (const auto frame = reader_.next()) {
        auto message = proto::decode_from_worker(*frame);
        if (!message) return false;
        const bool is_sound = take(std::move(*message));
        if (alive.expired()) return true;
        if (!is_sound) return false;
        if (is_created_ && !watch_) return true;  // the rest once create() has returned
    }
    return !reader_.is_broken();
}

bool process_instance::take(proto::from_worker message) {
    if (const auto* const how = std::get_if<proto::worker::created>(&message)) return take(*how);
    auto& said = std::get<proto::up_message>(message);
    if (last_word_ || (!is_created_ && is_early(said))) return false;
    if (const auto* const last = std::get_if<proto::up::exited>(&said)) return take(*last);
    if (const auto* const now = std::get_if<proto::up::state_changed>(&said)) {
        // There is no state behind failed, and nobody is stopped who was not told to.
        const bool is_stopped = now->state == proto::instance_state::stopped;
        if (now->state > proto::instance_state::failed || (is_stopped && !is_ending_)) return false;
    }
    hear(std::move(said));
    return true;
}

/// Said when it has died, which it has to at once: who comes next needs its place.
bool process_instance::take(const proto::up::exited& said) {
    last_word_ = said;
    expect(awaited::ended, strand_now() + death_limit, {});
    return true;
}

void process_instance::hear(proto::up_message message) {
    const auto* const now = std::get_if<proto::up::state_changed>(&message);
    if (now != nullptr && now->state != proto::instance_state::starting) has_done(awaited::started);
    if (std::holds_alternative<proto::up::swapped>(message)) has_done(awaited::swapped);
    tell_host(std::move(message));
}

void process_instance::tell_host(proto::up_message message) {
    if (const auto sink = sink_.lock()) sink->on_message(facts_.instance, std::move(message));
}

}  // namespace meshhost::plugin
