// SPDX-License-Identifier: Apache-2.0
#pragma once
// Stands at the door to the plugin's code: says in the pulse that a callback runs, and announces
// the first one after a rest to whoever looks for stalls.
#include "plugin/strand_pulse.hpp"
#include "plugin/uplink.hpp"

#include <memory>

namespace meshhost::plugin {

/// The strand's.
class call_watch {
public:
    call_watch(std::shared_ptr<strand_pulse> pulse, std::shared_ptr<uplink> to_host)
        : pulse_(std::move(pulse))
        , to_host_(std::move(to_host)) {}

    /// The thread that makes the calls; before the first.
    void bind_thread();

    void enter(activity doing, std::uint32_t event_kind = 0);
    void leave() noexcept;

    strand_pulse& pulse() const noexcept { return *pulse_; }

private:
    std::shared_ptr<strand_pulse> pulse_;
    std::shared_ptr<uplink> to_host_;
};

}  // namespace meshhost::plugin
