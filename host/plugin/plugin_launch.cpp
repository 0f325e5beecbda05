// SPDX-License-Identifier: Apache-2.0
// An instance is made from its plan, on a thread or in a process of its own, and taken down again.
#include "plugin/abi_check.hpp"
#include "plugin/event_queue.hpp"
#include "plugin/lent_directory.hpp"
#include "plugin/plugin_entry.hpp"
#include "plugin/process_instance.hpp"
#include "plugin/thread_instance.hpp"
#include "plugin/worker_sandbox.hpp"

#include <spdlog/fmt/fmt.h>

#include <unistd.h>

#include <system_error>
#include <utility>

namespace meshhost::plugin {

void plugin_manager::create(planned from, const std::string& roles, std::vector<failure>& refused) {
    const role_description& role = *from.plan.role;
    instance_status status{
        .instance = from.plan.instance,
        .role = role.name,
        .version = role.version,
        .path = from.path,
        .abi = std::string(host_abi_text()),
        .last_error = {},
    };
    instance_facts facts{
        .instance = from.plan.instance,
        .path = from.path,
        .role = &role,
        .self = {settings_.self, roles, made_},
        .config = std::move(from.plan.config),
        .grants = std::move(from.plan.grants),
        .digest_bytes = from.plan.digest_bytes,
        .state = from.plan.state,
        .seed = seeds_.next(),
        .trace_every = from.plan.settings.trace_every,
        .log = logger(from.plan.instance),
        .reserved_alpns = mesh_.reserved_alpns,
        .withheld = settings_.withheld,
        .signer = signer_,
        .code = from.code,
        .start_limit = from.plan.settings.start_limit,
    };
    entry& made = *entries_.emplace_back(
        std::make_unique<entry>(std::move(status), std::move(facts), from.plan.settings)
    );
    made.image = from.image;
    made.status.loading = from.loading;
    made.status.creating.began = shard_.now();
    made.status.isolation = from.plan.settings.is_isolated ? "process" : "inprocess";
    if (auto created = launch(made, true); !created) {
        refused.push_back(explain(from.path, created.error()));
        made.status.state = proto::instance_state::failed;
        made.status.last_error = text_of(created.error());
        made.status.last_error_at = shard_.now();
        end(made);
    }
    made.status.creating.took = shard_.now() - made.status.creating.began;
}

/// New code may use what it is granted before it says that it has taken over.
std::unique_ptr<instance_services> plugin_manager::services_of(entry& role) {
    return std::make_unique<instance_services>(
        shard_,
        role.status.instance,
        mesh_,
        [&role](const std::string& permission) {
            const bool is_new = role.reloading && role.reloading->next
                                && role.reloading->next->facts.grants.allows(permission);
            return is_new || role.facts.grants.allows(permission);
        },
        role,
        role.facts.grants
    );
}

/// A machine that has run out of descriptors or threads now may have some later.
checked<> plugin_manager::launch(entry& role, bool is_first) {
    try {
        return role.settings.is_isolated ? launch_process(role, is_first)
                                         : launch_thread(role, is_first);
    } catch (const std::system_error& lack) {
        return plugin_fault{"MP207", fmt::format("cannot be run now: {}", lack.what())};
    }
}

checked<> plugin_manager::launch_thread(entry& role, bool is_first) {
    const std::string& name = role.status.instance;
    const auto events = std::make_shared<event_queue>();
    const auto pulse = std::make_shared<strand_pulse>();
    role.link = std::make_shared<shard_uplink>(shard_, relay_, name, events);
    role.services = services_of(role);
    role.instance =
        std::make_unique<thread_instance>(role.facts, snapshot_, events, role.link, pulse);
    stalls_.add(name, pulse, ::getpid(), role.settings.stalls);
    return is_first ? role.instance->create() : role.instance->create_again();
}

/// Where its process is to be; empty: where the host is, which is said once of each role.
std::string plugin_manager::group_of(entry& role, const proto::process_limits& limits) {
    const std::string& name = role.status.instance;
    if (const auto group = groups_.make(name, limits)) return group->string();
    if (limits.cpu_millicores != 0 && role.status.restarts == 0) {
        log_.warn("plugin {}: its CPU is not limited: {}", name, groups_.why_not());
    }
    return {};
}

void plugin_manager::warn_of_open_files(const entry& role) {
    if (role.status.restarts != 0 || has_file_sandbox()) return;
    log_.warn(
        "plugin {}: opens any file that its user may: this kernel has no Landlock",
        role.status.instance
    );
}

checked<> plugin_manager::launch_process(entry& role, bool is_first) {
    if (is_first) lend_directory(role.facts.state.directory);
    warn_of_open_files(role);
    const auto limits = proto::choose_limits(role.facts.role->limits, role.settings.limits);
    auto made = std::make_unique<process_instance>(
        role.facts,
        snapshot_,
        worker_source{
            settings_.probe_executable,
            role.image,
            role.settings,
            limits,
            group_of(role, limits)},
        shard_,
        relay_
    );
    process_instance& worker = *made;
    role.services = services_of(role);
    role.instance = std::move(made);
    auto created = is_first ? worker.create() : worker.create_again();
    if (!created) return created;
    role.status.process = worker.process();
    stalls_.add(role.status.instance, worker.pulse(), worker.process(), role.settings.stalls);
    stalls_.call_begun();
    return {};
}

/// Waits for what still runs; nothing of it is heard any more.
void plugin_manager::end(entry& ended) {
    reload_.drop(ended.status.instance);
    if (ended.reloading) {
        const auto& next = ended.reloading->next;
        const bool is_restarted = ended.settings.is_isolated && !stopping_;
        answer_reload(
            ended,
            explain(
                next ? next->facts.path : ended.status.path,
                {"MP320",
                 std::string("the role ended while it was reloaded")
                     + (is_restarted ? ": the code from before is started again" : "")}
            )
        );
    }
    // One that died could not take back itself what it had said.
    for (const std::string& key : std::exchange(ended.said, {}))
        sink_.on_cleared(ended.status.instance, ended.status.role, key);
    ended.health_due = no_deadline;
    ended.status.health_reason.clear();
    if (std::exchange(ended.status.health, MESH_HEALTH_OK) != MESH_HEALTH_OK) say_health(ended);
    stalls_.remove(ended.status.instance);
    ended.status.process.reset();
    ended.services.reset();
    ended.instance.reset();
    if (ended.link) ended.link->detach();
}

}  // namespace meshhost::plugin
