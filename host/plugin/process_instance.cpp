// SPDX-License-Identifier: Apache-2.0
#include "plugin/process_instance.hpp"

#include "net/shard.hpp"
#include "plugin/strand_clock.hpp"
#include "plugin/strand_pulse.hpp"
#include "plugin/told_fault.hpp"
#include "plugin/worker_groups.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <poll.h>
#include <utility>

namespace meshhost::plugin {

namespace {

/// The socket holds less; more comes from somebody to whom the worker lent it.
constexpr std::size_t last_words_max = 1u << 20;
/// From SIGKILL to the death of what nobody hears of any more. Twice what a control group that has
/// used up its time waits for more of it.
constexpr duration last_death_limit = 200ms;

}  // namespace

process_instance::process_instance(
    instance_facts facts,
    proto::peer_snapshot_ptr known,
    worker_source source,
    net::shard& shard,
    std::weak_ptr<uplink_sink> sink
)
    : facts_(std::move(facts))
    , told_(std::make_shared<const proto::peer_snapshot>())
    , known_(std::move(known))
    , source_(std::move(source))
    , shard_(shard)
    , sink_(std::move(sink))
    , pulse_(make_shared_pulse(pulse_file_))
    , timer_(shard, *this) {}

process_instance::~process_instance() {
    sink_.reset();
    close();
    death_watch_.reset();  // before its descriptor goes
    child_.kill();
    reap(last_death_limit);
}

// --- its start

checked<> process_instance::spawn() {
    if (pulse_ == nullptr) return no_worker("watched", errno);
    auto started = start_worker(child_, facts_, source_, pulse_file_);
    if (!started) return started.error();
    ends_ = std::move(*started);
    return {};
}

checked<> process_instance::watch() {
    net::readable_sink& messages = *this;
    watch_.emplace(shard_, ends_.socket.get(), messages);
    death_watch_.emplace(shard_, child_.death(), death_sink_);
    auto watching = watch_->start();
    if (watching) watching = death_watch_->start();
    if (!watching) return no_worker("watched", watching.error().value());
    publish(std::exchange(known_, nullptr));
    if (!waiting_.empty()) watch_->watch_writable();  // told while it was created
    return {};
}

checked<> process_instance::create(duration limit) {
    if (auto spawned = spawn(); !spawned) return spawned;
    if (auto created = wait_created(limit); !created) return created;
    if (auto watching = watch(); !watching) return watching;
    // What came behind the first message is there already, and nobody would wake us for it.
    shard_.post([this, alive = std::weak_ptr<bool>(alive_)] {
        if (!alive.expired() && !take_frames() && !alive.expired()) give_up(no_message());
    });
    return {};
}

checked<> process_instance::create_again() {
    if (auto spawned = spawn(); !spawned) return spawned;
    if (auto watching = watch(); !watching) return watching;
    expect(awaited::created, strand_now() + proto::create_limit, not_created(proto::create_limit));
    return {};
}

/// Blocks, as creating does.
checked<> process_instance::wait_created(duration limit) {
    const time_point deadline = strand_now() + limit;
    while (true) {
        if (!take_frames()) {
            child_.kill();
            return cause_ ? *cause_ : no_message();
        }
        if (is_created_) return {};
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - strand_now());
        pollfd waited{ends_.socket.get(), POLLIN, 0};
        const int ready =
            left.count() <= 0 ? 0 : ::poll(&waited, 1, static_cast<int>(left.count()));
        if (ready < 0 && errno == EINTR) continue;
        if (ready <= 0) return not_created(limit);
        std::array<std::uint8_t, 4096> buffer;
        const auto size = ::read(ends_.socket.get(), buffer.data(), buffer.size());
        if (size < 0 && (errno == EINTR || errno == EAGAIN)) continue;
        if (size <= 0) {
            child_.kill();
            return how_it_died(reap(death_limit).value_or(0), *pulse_);
        }
        reader_.feed(bytes_view(buffer).first(static_cast<std::size_t>(size)));
    }
}

bool process_instance::take(const proto::worker::created& how) {
    if (is_created_) return false;
    if (how.fault_code) {
        cause_ = told_fault(*how.fault_code, how.fault_text);
        return false;
    }
    is_created_ = true;
    has_done(awaited::created);
    if (is_to_start_ && !is_ending_) expect_started();
    return true;
}

// --- what it has to do in time

void process_instance::expect(awaited what, time_point due, plugin_fault late) {
    awaited_ = what;
    due_ = due;
    late_ = std::move(late);
    arm();
}

/// Only what is waited for ends the waiting, whatever else it says.
void process_instance::has_done(awaited what) {
    if (awaited_ != what) return;
    awaited_ = awaited::nothing;
    due_ = no_deadline;
}

void process_instance::expect_started() {
    const duration limit = facts_.start_limit + proto::worker_allowance;
    expect(awaited::started, strand_now() + limit, not_started(limit));
}

void process_instance::arm() {
    timer_.arm(std::min(due_, unread_due_));
}

void process_instance::on_deadline(time_point now) {
    if (now >= due_) return give_up(late_);
    if (now >= unread_due_) return give_up(does_not_read());
    arm();
}

// --- its end

void process_instance::close() {
    watch_.reset();
    ends_ = {};
    due_ = unread_due_ = no_deadline;
    timer_.arm(no_deadline);
}

void process_instance::give_up(plugin_fault fault) {
    if (!cause_) cause_ = std::move(fault);
    child_.kill();  // its death tells the rest
    close();
}

bool process_instance::kill(const std::string& why) {
    give_up({"MP308", "stalled: " + why + ": killed"});
    return true;
}

/// Its last words come first. May destroy this.
void process_instance::on_died() {
    const std::weak_ptr<bool> alive = alive_;
    std::array<std::uint8_t, 16384> buffer;
    for (std::size_t taken = 0; ends_.socket && taken < last_words_max;) {
        const auto size = ::read(ends_.socket.get(), buffer.data(), buffer.size());
        if (size < 0 && errno == EINTR) continue;
        if (size <= 0) break;
        taken += static_cast<std::size_t>(size);
        reader_.feed(bytes_view(buffer).first(static_cast<std::size_t>(size)));
        const bool is_sound = take_frames();
        if (alive.expired()) return;
        if (!is_sound) break;
    }
    close();
    death_watch_.reset();
    const int status = reap(death_limit).value_or(0);
    if (last_word_) return tell_host(*last_word_);
    const plugin_fault fault = cause_ ? *cause_ : how_it_died(status, *pulse_);
    tell_host(proto::up::faulted{fault.code, fault.text});
    if (!alive.expired()) tell_host(proto::up::state_changed{proto::instance_state::failed});
    if (!alive.expired()) tell_host(proto::up::exited{true});
}

std::optional<int> process_instance::reap(duration limit) {
    if (child_.id() == 0) return 0;
    const auto status = child_.reap(limit);
    if (!status) return std::nullopt;
    death_watch_.reset();
    if (!source_.group.empty()) remove_group(source_.group);
    return status;
}

bool process_instance::join(duration limit) {
    const time_point deadline = strand_now() + limit;
    watch_.reset();  // from here on nobody hears it
    death_watch_.reset();
    std::array<std::uint8_t, 4096> rest;
    while (child_.id() != 0) {
        if (ends_.socket) waiting_.write_to(ends_.socket.get());
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - strand_now());
        if (left.count() <= 0) return false;
        const short events = waiting_.empty() ? POLLIN : POLLIN | POLLOUT;
        std::array<pollfd, 2> waited{
            {{child_.death(), POLLIN, 0}, {ends_.socket.get(), events, 0}}};
        const int ready = ::poll(waited.data(), waited.size(), static_cast<int>(left.count()));
        if (ready < 0 && errno == EINTR) continue;
        if (waited[0].revents != 0) reap(death_limit);
        if (waited[1].revents == 0) continue;
        const auto size = ::read(ends_.socket.get(), rest.data(), rest.size());
        if (size == 0 || (size < 0 && errno != EAGAIN && errno != EINTR)) ends_ = {};
    }
    return true;
}

void process_instance::abandon() {
    child_.kill();
}

std::size_t process_instance::queued() const {
    return pulse_ == nullptr ? 0 : pulse_->queued.load();
}

std::size_t process_instance::handles() const noexcept {
    return pulse_ == nullptr ? 0 : pulse_->handles.load();
}

}  // namespace meshhost::plugin
