// SPDX-License-Identifier: Apache-2.0
#include "plugin/stall_keeper.hpp"

#include "net/shard.hpp"
#include "plugin/stack_sampler.hpp"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace meshhost::plugin {

namespace {

/// Half of the shortest limit, so that a callback is noticed at most that much later.
constexpr duration look_every = proto::stall_warn / 2;

std::int64_t in_ms(duration span) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(span).count();
}

}  // namespace

stall_keeper::stall_keeper(net::shard& shard, stall_sink& sink)
    : shard_(shard)
    , sink_(sink)
    , timer_(shard, *this) {}

void stall_keeper::add(
    const std::string& instance,
    std::shared_ptr<strand_pulse> pulse,
    pid_t process,
    proto::stall_limits limits
) {
    watched_.insert_or_assign(
        instance,
        watched{std::move(pulse), process, proto::stall_watch(limits)}
    );
}

void stall_keeper::remove(const std::string& instance) {
    watched_.erase(instance);
}

/// However often it is said: a look that is due stays due.
void stall_keeper::call_begun() {
    if (!std::exchange(is_due_, true)) timer_.arm(shard_.now() + look_every);
}

void stall_keeper::on_deadline(time_point now) {
    is_due_ = false;
    bool is_any_busy = false;
    std::vector<std::string> names;  // what is told may remove it
    for (const auto& [name, at] : watched_)
        names.push_back(name);
    for (const std::string& name : names) {
        const auto found = watched_.find(name);
        if (found != watched_.end()) is_any_busy |= look(name, found->second, now);
    }
    if (is_any_busy) call_begun();
}

/// Whether there is something to look at again.
bool stall_keeper::look(const std::string& instance, watched& at, time_point now) {
    strand_pulse& pulse = *at.pulse;
    const auto pulse_text = [&] { return text_of(pulse.doing, pulse.event_kind); };
    const bool is_out = pulse.since.load(std::memory_order_acquire) == 0;
    if (at.hung != 0 && (is_out || pulse.calls != at.hung)) {
        at.hung = 0;
        sink_.on_back(instance);
    }
    if (pulse.since.load(std::memory_order_acquire) == 0) {
        if (!pulse.is_watched.exchange(false)) return false;
        // One that began between the look and the mark did not announce itself.
        if (pulse.since.load(std::memory_order_acquire) == 0) return false;
        pulse.is_watched = true;
    }
    const std::uint64_t call = pulse.calls;
    // A process of its own may have written anything there.
    const auto began = std::clamp<std::int64_t>(pulse.since, 0, now.time_since_epoch().count());
    const time_point since{duration(began)};
    if (since == time_point{}) return true;
    if (at.asked == call && pulse.sampled_call == call) tell_where(instance, at);
    switch (at.watch.look(now, call, since)) {
    case proto::stall_watch::finding::none:
        break;
    case proto::stall_watch::finding::slow:
        sink_.on_slow(
            instance,
            {"MP303",
             fmt::format(
                 "{} has held the strand of {} for {} ms (limit {})",
                 pulse_text(),
                 instance,
                 in_ms(now - since),
                 in_ms(at.watch.limits().warn)
             )}
        );
        break;
    case proto::stall_watch::finding::stalled:
        at.asked = call;
        at.held = now - since;
        ask_for_sample(pulse, at.process);
        break;
    case proto::stall_watch::finding::hung:
        at.hung = call;
        sink_.on_hung(instance, pulse_text());  // may remove it
        break;
    }
    return true;
}

void stall_keeper::tell_where(const std::string& instance, watched& at) {
    at.asked = 0;
    const strand_pulse& pulse = *at.pulse;
    const std::uintptr_t offset = pulse.sample;
    const std::string where =
        offset == 0 ? "outside of its code" : fmt::format("at +{:#x}", offset);
    sink_.on_slow(
        instance,
        {"MP304",
         fmt::format(
             "stalled: {} has not returned for {} ms, {}; events queue up, transport is not "
             "affected",
             text_of(pulse.doing, pulse.event_kind),
             in_ms(at.held),
             where
         )}
    );
}

}  // namespace meshhost::plugin
