// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a strand is doing at this moment, for whoever watches it from outside: the shard, or the
// host's process through shared memory. Fields are read one by one: a reader may catch a mixture of
// two callbacks, and looks again.
#include <array>
#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

namespace meshhost::plugin {

/// Which of the role's functions runs.
enum class activity : std::uint32_t {
    none,
    create,
    start,
    drain,
    stop,
    destroy,
    on_event,
    save,
    restore,
    adopt,
    validate,
    apply,
};

struct strand_pulse {
    std::atomic<std::int64_t> since{0};  ///< monotonic ns; 0: not in the plugin's code
    std::atomic<activity> doing{activity::none};
    std::atomic<std::uint32_t> event_kind{0};  ///< of on_event
    std::atomic<std::uint64_t> calls{0};       ///< numbers the callbacks
    std::atomic<bool> is_watched{false};  ///< somebody looks regularly; else a call is announced
    std::atomic<std::int32_t> thread{0};  ///< the kernel's id
    std::atomic<std::uintptr_t> code_begin{0};  ///< where the plugin is mapped
    std::atomic<std::uintptr_t> code_end{0};
    std::atomic<std::uint64_t> sampled_call{0};  ///< that `sample` is of
    std::atomic<std::uintptr_t> sample{0};       ///< offset in the plugin; 0: not in it
    std::atomic<std::uint32_t> queued{0};        ///< as of the strand's last turn, as are these
    std::atomic<std::uint32_t> handles{0};

    static_assert(
        std::atomic<std::uint64_t>::is_always_lock_free,
        "it is shared between processes"
    );
};

/// "start", "on_event"; "its own time" when it is in none. In signal handlers, too.
std::string_view name_of(activity doing) noexcept;

/// The same, and of an event its kind: "on_event(8:5)".
std::string text_of(activity doing, std::uint32_t event_kind);

}  // namespace meshhost::plugin
