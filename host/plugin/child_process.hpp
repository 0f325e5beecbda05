// SPDX-License-Identifier: Apache-2.0
#pragma once
// A process that the host starts to run a plugin's code in: a probe, or a worker.
#include "base/time.hpp"
#include "base/unique_fd.hpp"
#include "plugin/spawn_actions.hpp"

#include <sys/types.h>

#include <optional>
#include <string>

namespace meshhost::plugin {

/// From a process's last word, or from SIGKILL, to its death. What hangs in the kernel, or waits
/// for the time of its control group, takes longer: that one is a zombie until the host ends.
inline constexpr duration death_limit = 50ms;

/// How a process is started.
struct child_command {
    std::string executable;
    std::string option;
    std::string path;        ///< of the plugin; the option's argument
    bool is_frugal = false;  ///< with PATH, the language and the zone for an environment alone
};

/// Leads a session of its own, so that it has no terminal to type into, and what it forks can be
/// ended with it. Destroying it ends it, and waits a moment for that. One thread.
class child_process {
public:
    child_process() = default;
    child_process(const child_process&) = delete;
    child_process& operator=(const child_process&) = delete;
    ~child_process();

    /// Once. 0, or why not: an errno.
    int spawn(const child_command& command, const spawn_actions& actions);

    /// 0: none, or reaped.
    pid_t id() const noexcept { return id_; }
    /// Can be read once it has died; -1 without one.
    int death() const noexcept { return death_.get(); }

    /// Ends it, and with it what it forked that has not left its session.
    void kill() noexcept;
    /// How it ended, as waitpid says, when that is within `limit`. Its session goes with it.
    std::optional<int> reap(duration limit);

private:
    bool dies_within(duration limit) const;

    pid_t id_ = 0;
    unique_fd death_;
};

}  // namespace meshhost::plugin
