// SPDX-License-Identifier: Apache-2.0
// The probe's side: the same code that the host runs, up to destroy, in a process nobody misses.
#include "plugin/crash_reporter.hpp"
#include "plugin/event_queue.hpp"
#include "plugin/plugin_probe.hpp"
#include "plugin/probe_report.hpp"
#include "plugin/spawn_actions.hpp"
#include "plugin/strand_clock.hpp"
#include "plugin/thread_instance.hpp"
#include "plugin/worker_limits.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <string>
#include <utility>

namespace meshhost::plugin {

namespace {

/// A crash ends the process by its signal, leaves no core, and says where it was. A probe whose
/// host is gone goes too.
void make_expendable() {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    const rlimit no_core{0, 0};
    ::setrlimit(RLIMIT_CORE, &no_core);
    leave_crash_places(probe_report_fd);
    ::fcntl(probe_report_fd, F_SETFD, FD_CLOEXEC);
    ::fcntl(probe_image_fd, F_SETFD, FD_CLOEXEC);
}

/// A line that cannot be written is missed by the host as if the probe had died before it.
void say(const std::string& line) {
    [[maybe_unused]] const auto written = ::write(probe_report_fd, line.data(), line.size());
}

/// Nobody listens to a probe.
class unheard final : public uplink {
public:
    bool offer(proto::up_message) override { return true; }
    void send(proto::up_message) override {}
};

/// Of a role that will be shut in, no code runs outside, not even here. What the role declares is
/// not known yet, so that only what the operator names counts.
checked<> confine_isolated(const probe_request& request) {
    const instance_settings& own = own_settings(request);
    if (!own.is_isolated) return {};
    auto confined = confine(proto::reach_of(own.grant, request.settings.state_directory.string()));
    // The loader finds the image through /proc, which is root's while a process is not dumpable.
    ::prctl(PR_SET_DUMPABLE, 1);
    return confined;
}

checked<> run(const char* path, const probe_request& request) {
    if (auto confined = confine_isolated(request); !confined) return confined;
    auto image = sealed_image::adopt(unique_fd(probe_image_fd));
    if (!image) return image.error();
    auto plugin = inspect(path, std::move(*image));
    if (!plugin) return plugin.error();
    say(step_line("load"));
    const auto library = plugin_library::load(std::move(*plugin));
    if (!library) return library.error();
    auto plan = plan_instance((*library)->roles(), request.spec, request.settings, {});
    if (!plan) return plan.error();
    say(role_line(*plan));
    instance_facts facts{
        .instance = plan->instance,
        .path = path,
        .role = plan->role,
        .self = {.id = {}, .roles = plan->role->name, .since = strand_now()},
        .config = std::move(plan->config),
        .grants = std::move(plan->grants),
        .digest_bytes = plan->digest_bytes,
        .state = plan->state,
        .log = {},
    };
    thread_instance instance(
        std::move(facts),
        std::make_shared<const proto::peer_snapshot>(),
        std::make_shared<event_queue>(),
        std::make_shared<unheard>(),
        std::make_shared<strand_pulse>()
    );
    say(step_line("create"));
    // The host has the clock, and kills.
    if (auto created = instance.create(duration::max() / 2); !created) return created;
    say(step_line("destroy"));
    instance.shut_down(strand_now());
    instance.join(duration::max() / 2);
    return {};
}

}  // namespace

int plugin_probe_main(const char* path) {
    make_expendable();
    const auto request = decode_probe_request(text_in(probe_request_fd));
    if (!request) return static_cast<int>(exit_code::usage);
    const checked<> result = run(path, *request);
    say(result ? done_line() : fault_line(result.error()));
    ::_exit(0);  // no exit handlers: the plugin's may do anything
}

}  // namespace meshhost::plugin
