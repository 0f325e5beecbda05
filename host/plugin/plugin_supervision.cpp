// SPDX-License-Identifier: Apache-2.0
// What instances say of themselves, and what follows: values for the digest, stalls, restarts.
#include "base/near_miss.hpp"
#include "base/quote.hpp"
#include "plugin/crash_reporter.hpp"
#include "plugin/plugin_entry.hpp"
#include "plugin/proto/plain_text.hpp"
#include "plugin/told_fault.hpp"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <utility>

namespace meshhost::plugin {

failure plugin_manager::not_running(const std::string& instance) const {
    failure told{
        .exit = exit_code::unreachable,
        .code = "E_NO_PLUGIN",
        .message = fmt::format("no instance {} runs here", in_quotes(instance)),
        .hint = "meshctl plugin list shows those that do"};
    std::vector<std::string> names;
    for (const instance_status& each : status()) {
        if (each.instance == instance && !each.last_error.empty())
            told.message += ": " + each.last_error;
        names.push_back(each.instance);
    }
    if (const auto near = nearest(instance, names); near && *near != instance)
        told.hint = fmt::format("did you mean {}? {}", *near, told.hint);
    return told;
}

/// What cannot be ended cannot be started again either.
failure plugin_manager::stalled(const std::string& instance) {
    return {
        .exit = exit_code::failure,
        .code = "E_PLUGIN_STALLED",
        .message = fmt::format(
            "{} has not returned from a callback, and cannot be ended in the host's process",
            instance
        ),
        .hint = "restart the host, and let it run with isolation = \"process\""};
}

void plugin_manager::on_message(const std::string& instance, proto::up_message message) {
    entry* const found = find(instance);
    if (found == nullptr) return;
    const auto take = [&](auto& said) {
        if constexpr (requires { on(*found, said); }) {
            on(*found, said);
        } else if (found->services) {
            found->services->take(std::move(message));
        }
    };
    std::visit(take, message);
}

void plugin_manager::on(entry& of, const proto::up::state_changed& said) {
    if (said.state <= of.status.state) return;  // it only goes forward, whatever a process says
    of.status.state = said.state;
    if (said.state == proto::instance_state::draining && of.services) of.services->drain();
    log_.info("{} {}", of.status.instance, proto::to_string(said.state));
    const bool has_failed = said.state == proto::instance_state::failed;
    // What it said of itself is no longer so; the next one is well until it says otherwise.
    if (has_failed || said.state == proto::instance_state::stopped)
        set_health(of, MESH_HEALTH_OK, {});
    // It has stopped by itself; what is left of it goes, too.
    if (has_failed && of.instance) of.instance->shut_down(shard_.now());
    observer_.on_instance_changed(of.status);
}

void plugin_manager::on(entry& of, const proto::up::faulted& said) {
    report(of, told_fault(said.code, said.text));
}

/// What is said too often is known of the role, and told to nobody.
void plugin_manager::report(entry& of, const plugin_fault& fault) {
    const bool is_told = of.may_complain.take(shard_.now());
    if (is_told) log_.warn("{}", explain(of.status.path, fault).message);
    if (of.status.state == proto::instance_state::failed) return;  // the first is the cause
    of.status.last_error = text_of(fault);
    of.status.last_error_at = shard_.now();
    if (is_told) observer_.on_instance_changed(of.status);
}

/// A process of its own may say anything: no other role's values, and not more than there can be.
void plugin_manager::on(entry& of, const proto::up::value_said& said) {
    const auto& [role, key, unit, value] = said.value;
    if (role != of.status.role) return;
    if (std::holds_alternative<std::monostate>(value)) {
        of.said.erase(key);
        sink_.on_cleared(of.status.instance, role, key);
        return;
    }
    if (key.size() > proto::text_max || proto::plain_text(key, proto::text_max) != key) return;
    const bool is_known = of.said.contains(key);
    if (!is_known && of.said.size() >= proto::digest_keys_max) return;
    if (!is_known) of.said.insert(key);
    sink_.on_contribution(of.status.instance, role, said.value);
}

void plugin_manager::on(entry&, const proto::up::call_begun&) {
    stalls_.call_begun();
}

/// A thread is on its last lines; a process that is not is killed.
void plugin_manager::on(entry& of, const proto::up::exited& said) {
    // A process of its own may leave without a word of how it ended.
    if (of.status.state < proto::instance_state::stopped) {
        report(of, {"MP310", "its process ended without saying why"});
        on(of, proto::up::state_changed{proto::instance_state::failed});
    }
    end(of);
    if (stopping_) {
        if (running() == 0) finish_stop(0);
        return;
    }
    if (of.status.is_restarting) return launch_again(of);
    if (of.status.state == proto::instance_state::failed) give_up_or_restart(of, said.may_restart);
}

// --- stalls

void plugin_manager::on_slow(const std::string& instance, const plugin_fault& fault) {
    entry* const found = find(instance);
    if (found == nullptr) return;
    ++found->status.slow_calls;
    if (!found->may_complain.take(shard_.now())) return;
    log_.warn("{}", explain(found->status.path, fault).message);
    observer_.on_slow_call(found->status, fault.text);
}

void plugin_manager::on_hung(const std::string& instance, const std::string& where) {
    entry* const found = find(instance);
    if (found == nullptr || !found->instance) return;
    found->status.is_stalled = true;
    const auto seconds = std::chrono::duration<double>(found->settings.stalls.kill).count();
    if (found->instance->kill(fmt::format("{} did not return for {:g} s", where, seconds))) return;
    report(
        *found,
        {"MP308",
         fmt::format(
             "stalled: {} has not returned for {:g} s, and cannot be killed in-process: set "
             "isolation = \"process\"",
             where,
             seconds
         )}
    );
    observer_.on_instance_changed(found->status);  // however often it has been told of
}

void plugin_manager::on_back(const std::string& instance) {
    entry* const found = find(instance);
    if (found == nullptr || !std::exchange(found->status.is_stalled, false)) return;
    log_.info("{} has come back", instance);
    observer_.on_instance_changed(found->status);
}

// --- restarts

void plugin_manager::give_up_or_restart(entry& failed, bool may_restart) {
    const unsigned most = failed.policy.rules().most;
    const auto wait = may_restart ? failed.policy.failed(shard_.now()) : std::nullopt;
    if (wait) {
        failed.restart_at = shard_.now() + *wait;
        failed.status.is_restarting = true;
        log_.info(
            "{} restarts in {} ms ({} of {})",
            failed.status.instance,
            std::chrono::duration_cast<std::chrono::milliseconds>(*wait).count(),
            failed.policy.restarts(),
            most
        );
        arm_upkeep();
    } else if (may_restart && most > 0) {
        log_.error(
            "{}",
            explain(
                failed.status.path,
                {"MP313",
                 fmt::format(
                     "{} failed {} times within {:g} min: given up; meshctl plugin restart {}",
                     failed.status.instance,
                     most + 1,
                     std::chrono::duration<double, std::ratio<60>>(failed.policy.rules().window)
                         .count(),
                     failed.status.instance
                 )}
            )
                .message
        );
    }
    observer_.on_instance_changed(failed.status);
}

void plugin_manager::arm_upkeep() {
    time_point earliest = no_deadline;
    for (const auto& each : entries_)
        earliest = std::min({earliest, each->restart_at, each->health_due});
    upkeep_->arm(earliest);
}

void plugin_manager::upkeep_due(time_point now) {
    for (const auto& each : entries_) {
        if (each->health_due <= now) tell_health(*each);
        if (each->restart_at <= now && !stopping_) launch_again(*each);
    }
    arm_upkeep();
}

void plugin_manager::launch_again(entry& role) {
    role.restart_at = no_deadline;
    role.status.is_restarting = false;
    role.status.is_stalled = false;
    role.status.state = proto::instance_state::created;
    ++role.status.restarts;
    if (auto created = launch(role, false); !created) {
        report(role, created.error());
        role.status.state = proto::instance_state::failed;
        end(role);
        return give_up_or_restart(role, true);
    }
    role.instance->start();
}

outcome<void> plugin_manager::enable(const std::string& instance) {
    const auto all = status();
    const auto noted = read_crashes(settings_.crashes);
    const bool is_known = std::any_of(
                              all.begin(),
                              all.end(),
                              [&](const auto& each) { return each.instance == instance; }
                          )
                          || std::any_of(noted.begin(), noted.end(), [&](const auto& each) {
                                 return each.instance == instance;
                             });
    if (!is_known) return not_running(instance);
    if (settings_.crashes.empty() || forget_crashes(settings_.crashes, instance)) return {};
    return failure{
        exit_code::failure,
        "E_NOT_WRITTEN",
        "the record of crashes cannot be written",
        "is the disk full?"};
}

outcome<void> plugin_manager::restart(const std::string& instance) {
    entry* const found = find(instance);
    if (found == nullptr || stopping_) return not_running(instance);
    if (found->status.is_stalled && !found->settings.is_isolated) return stalled(instance);
    found->policy.forgive();
    found->status.last_error.clear();
    found->status.is_restarting = true;
    if (found->instance)
        found->instance->shut_down(shard_.now() + settings_.drain_limit);
    else
        launch_again(*found);
    return {};
}

}  // namespace meshhost::plugin
