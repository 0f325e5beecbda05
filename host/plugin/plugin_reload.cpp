// SPDX-License-Identifier: Apache-2.0
// New code for a role that runs: looked at, probed on a thread of its own, and handed to the
// instance.
#include "plugin/plugin_entry.hpp"
#include "plugin/plugin_probe.hpp"
#include "plugin/told_fault.hpp"

#include <spdlog/fmt/fmt.h>

#include <cerrno>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>

namespace meshhost::plugin {

namespace {

/// Generations of one role's code that are mapped before somebody is told.
constexpr unsigned generations_told = 16;

}  // namespace

outcome<void> plugin_manager::reload(
    const std::string& instance,
    const std::string& path,
    reload_answer done
) {
    entry* const found = find(instance);
    const bool is_running = found != nullptr && found->instance
                            && found->status.state == proto::instance_state::running;
    const auto busy = [&instance](std::string_view with) {
        return failure{
            .exit = exit_code::failure,
            .code = "E_PLUGIN_BUSY",
            .message = fmt::format("{} is being {}", instance, with),
            .hint = "wait for the end of that; meshctl plugin list shows it"};
    };
    if (found != nullptr && found->status.is_restarting && !stopping_) return busy("started again");
    if (!is_running || stopping_) return not_running(instance);
    if (found->status.is_stalled && !found->settings.is_isolated) return stalled(instance);
    if (reload_.is_under_way()) return busy("given another configuration");
    if (found->reloading) return busy("reloaded already");
    const std::string from =
        path.empty() ? found->status.path : resolve_plugin(path, settings_.directory);
    auto plugin = inspect(from);
    if (!plugin) return explain(from, plugin.error());
    const auto pinned = check_pin(*plugin, found->settings.sha256, instance);
    if (!pinned) return explain(from, pinned.error());
    log_notices(*plugin);
    auto& reloading = *(found->reloading = std::make_unique<new_code>());
    reloading.done = std::move(done);
    probe_request request{{from, instance, found->status.role}, settings_};
    // As it runs, whatever the file has come to say.
    request.settings.instances.insert_or_assign(instance, found->settings);
    reloading.plugin.emplace(std::move(*plugin));
    const auto look = [this,
                       instance,
                       request = std::move(request),
                       &image = *reloading.plugin,
                       &is_cancelled = reloading.is_cancelled] {
        checked<probed_role> probed = probe(image, request, is_cancelled.get());
        shard_.post([this, alive = std::weak_ptr(relay_), instance, probed] {
            if (alive.expired()) return;
            entry* const role = find(instance);
            if (role != nullptr && role->reloading) swap_in(*role, probed);
        });
    };
    try {
        if (!reloading.is_cancelled) throw std::system_error(errno, std::generic_category());
        // Whoever drops the new code joins the thread, and the shard outlives both.
        reloading.prober = std::thread(look);
    } catch (const std::system_error& lack) {
        found->reloading.reset();
        return explain(from, {"MP207", fmt::format("cannot be probed now: {}", lack.what())});
    }
    return {};
}

void plugin_manager::swap_in(entry& role, checked<probed_role> probed) {
    auto& reloading = *role.reloading;
    reloading.prober.join();
    const std::string path = reloading.plugin->path;
    const auto refuse = [&](const plugin_fault& fault) {
        answer_reload(role, explain(path, fault));
    };
    if (!probed) return refuse(probed.error());
    if (!role.instance || role.status.state != proto::instance_state::running)
        return refuse({"MP320", "the role has stopped meanwhile"});
    const plugin_spec spec{path, role.status.instance, role.status.role};
    if (probed->role.name != spec.role)
        return refuse(
            {"MP018", fmt::format("has no role {}, only {}", spec.role, probed->role.name)}
        );
    if (!role.settings.is_isolated && (probed->role.flags & MESH_ROLE_NO_INPROC) != 0)
        return refuse(
            {"MP320",
             "the new code runs in a process of its own alone: set isolation = \"process\", and "
             "restart the host"}
        );
    auto plan = role.settings.is_isolated ? plan_process(
                    std::move(*reloading.plugin),
                    std::move(*probed),
                    spec.instance,
                    role.settings
                )
                                          : plan_thread(std::move(*reloading.plugin), spec, {});
    if (!plan) return refuse(plan.error());
    auto next = std::make_shared<next_generation>();
    next->facts = role.facts;
    next->facts.path = path;
    next->facts.role = plan->plan.role;
    next->facts.code = plan->code;
    next->facts.config = std::move(plan->plan.config);
    next->facts.grants = std::move(plan->plan.grants);
    next->facts.digest_bytes = plan->plan.digest_bytes;
    next->facts.state.bytes_max = plan->plan.state.bytes_max;
    next->image = plan->image;
    next->settings = role.settings;
    reloading.next = next;
    role.instance->swap(next);
}

void plugin_manager::on(entry& of, const proto::up::swapped& said) {
    if (!of.reloading || !of.reloading->next) return;  // of a process that may say anything
    if (!said.is_done) {
        const plugin_fault fault = told_fault(said.fault_code, said.fault_text);
        const failure told = explain(of.reloading->next->facts.path, fault);
        log_.warn("{}", told.message);
        return answer_reload(of, told);
    }
    const next_generation& now = *of.reloading->next;
    of.facts = now.facts;
    of.image = now.image;
    of.status.path = now.facts.path;
    of.status.version = now.facts.role->version;
    ++of.status.generation;
    log_.info(
        "{} runs {} {} now, its code of generation {}",
        of.status.instance,
        of.status.role,
        of.status.version,
        of.status.generation
    );
    if (of.status.generation > generations_told && !of.settings.is_isolated)
        log_.warn(
            "{} generations of {} are mapped: restart the host when it suits",
            of.status.generation,
            of.status.instance
        );
    answer_reload(of, of.status);
    observer_.on_instance_changed(of.status);
}

void plugin_manager::answer_reload(entry& role, const outcome<instance_status>& answer) {
    const auto reloading = std::exchange(role.reloading, nullptr);
    if (reloading && reloading->done) reloading->done(answer);
}

}  // namespace meshhost::plugin
