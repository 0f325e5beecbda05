// SPDX-License-Identifier: Apache-2.0
#pragma once
// Looks whether the callbacks of this host's roles come back, while any runs: at rest it costs
// nothing.
#include "net/deadline_timer.hpp"
#include "plugin/plugin_fault.hpp"
#include "plugin/proto/stall_watch.hpp"
#include "plugin/strand_pulse.hpp"

#include <sys/types.h>

#include <map>
#include <memory>
#include <string>

namespace meshhost::plugin {

class stall_sink {
public:
    /// Worth a line: MP303, MP304.
    virtual void on_slow(const std::string& instance, const plugin_fault& fault) = 0;
    /// It has not come back for so long that it will not.
    virtual void on_hung(const std::string& instance, const std::string& where) = 0;
    /// It did after all.
    virtual void on_back(const std::string& instance) = 0;

protected:
    ~stall_sink() = default;
};

/// One thread: the shard's. `shard` and `sink` outlive it.
class stall_keeper final : net::deadline_sink {
public:
    stall_keeper(net::shard& shard, stall_sink& sink);

    /// `process` has the strand that the pulse is of.
    void add(
        const std::string& instance,
        std::shared_ptr<strand_pulse> pulse,
        pid_t process,
        proto::stall_limits limits
    );
    void remove(const std::string& instance);
    /// A callback began, and nobody was looking.
    void call_begun();

private:
    struct watched {
        std::shared_ptr<strand_pulse> pulse;
        pid_t process;
        proto::stall_watch watch;
        std::uint64_t asked = 0;  ///< the call of which a sample was asked for
        duration held{};          ///< then
        std::uint64_t hung = 0;   ///< the call that was told to be
    };

    void on_deadline(time_point now) override;
    bool look(const std::string& instance, watched& at, time_point now);
    void tell_where(const std::string& instance, watched& at);

    net::shard& shard_;
    stall_sink& sink_;
    net::deadline_timer timer_;
    bool is_due_ = false;
    std::map<std::string, watched, std::less<>> watched_;
};

}  // namespace meshhost::plugin
