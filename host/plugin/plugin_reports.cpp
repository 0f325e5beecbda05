// SPDX-License-Identifier: Apache-2.0
// What instances say of themselves when they are asked or when they like, and another configuration
// for those that run.
#include "plugin/plugin_entry.hpp"
#include "plugin/proto/limits.hpp"
#include "plugin/proto/plain_text.hpp"

#include <algorithm>
#include <utility>

namespace meshhost::plugin {

const char* health_text(std::uint32_t health) noexcept {
    if (health == MESH_HEALTH_OK) return "ok";
    return health == MESH_HEALTH_DEGRADED ? "degraded" : "unhealthy";
}

/// A process of its own may say anything, and as often as it likes: the last counts.
void plugin_manager::on(entry& of, const proto::up::health_said& said) {
    of.health_said = said;
    if (of.health_due != no_deadline) return;
    if (of.may_change_health.take(shard_.now())) return tell_health(of);
    of.health_due = shard_.now() + proto::health_changes_every;
    arm_upkeep();
}

void plugin_manager::tell_health(entry& of) {
    const auto health = std::min<std::uint32_t>(of.health_said.health, MESH_HEALTH_UNHEALTHY);
    set_health(of, health, proto::plain_text(of.health_said.reason, proto::health_reason_max));
}

void plugin_manager::set_health(entry& of, std::uint32_t health, const std::string& reason) {
    of.health_due = no_deadline;
    if (of.status.health == health && of.status.health_reason == reason) return;
    of.status.health = health;
    of.status.health_reason = reason;
    say_health(of);
    observer_.on_instance_changed(of.status);
}

/// The node's digest has it as "<role>.health" while one of the role's instances is not well: that
/// of the worst.
void plugin_manager::say_health(const entry& changed) {
    const instance_status* worst = &changed.status;
    for (const auto& each : entries_) {
        const bool is_same = each->status.role == changed.status.role;
        if (is_same && each->status.health > worst->health) worst = &each->status;
    }
    if (worst->health == MESH_HEALTH_OK) {
        sink_.on_cleared(worst->instance, worst->role, health_key);
        return;
    }
    std::string text = health_text(worst->health);
    if (!worst->health_reason.empty()) text += ": " + worst->health_reason;
    sink_.on_contribution(
        worst->instance,
        worst->role,
        {worst->role, std::string(health_key), "", std::move(text)}
    );
}

void plugin_manager::on(entry& of, const proto::up::config_judged& said) {
    reload_.take(of.status.instance, said);
}

void plugin_manager::on(entry& of, const proto::up::budget_exhausted& said) {
    of.status.refused_calls += said.refusals;
    report(of, {"MP312", one_line(said.words, proto::fault_text_max)});
}

bool plugin_manager::reconfigure(
    std::map<std::string, instance_settings, std::less<>> wanted,
    reload_teller tell
) {
    const bool is_swapping = std::any_of(entries_.begin(), entries_.end(), [](const auto& each) {
        return each->reloading != nullptr;
    });
    if (stopping_ || is_swapping || reload_.is_under_way()) return false;
    std::vector<config_reload::subject> subjects;
    for (const auto& each : entries_) {
        const auto found = wanted.find(each->status.instance);
        const auto& own = found == wanted.end() ? settings_.defaults : found->second;
        const bool is_running = each->status.state == proto::instance_state::running
                                || each->status.state == proto::instance_state::starting;
        // Of a role in a process of its own only that process knows the schema.
        const bool is_isolated = each->settings.is_isolated;
        subjects.push_back(
            {each->status.instance,
             &each->facts.role->config,
             is_isolated ? each->settings.config.values : each->facts.config.as_object(),
             own.config,
             is_running && each->instance ? each.get() : nullptr}
        );
    }
    reload_.begin(
        std::move(subjects),
        [this, wanted = std::move(wanted), tell = std::move(tell)](
            const reload_result& result,
            const std::map<std::string, boost::json::object>& accepted
        ) mutable {
            for (const auto& [instance, config] : accepted) {
                entry* const found = find(instance);
                if (found == nullptr) continue;
                found->settings.config = wanted.contains(instance)
                                             ? wanted.find(instance)->second.config
                                             : plugin_config();
                if (!found->settings.is_isolated) found->facts.config = config;
            }
            if (result.is_applied) settings_.instances = std::move(wanted);
            tell(result);
        }
    );
    return true;
}

bool plugin_manager::ask_metrics(const std::string& instance, metrics_teller tell) {
    const entry* const found = find(instance);
    return found != nullptr && found->services && found->services->metrics().ask(std::move(tell));
}

const telemetry::span_ring* plugin_manager::spans(const std::string& instance) const {
    const entry* const found = find(instance);
    return found != nullptr && found->services ? &found->services->spans() : nullptr;
}

}  // namespace meshhost::plugin
