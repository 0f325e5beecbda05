// SPDX-License-Identifier: Apache-2.0
#include "plugin/plugin_manager.hpp"

#include "base/quote.hpp"
#include "plugin/crash_reporter.hpp"
#include "plugin/plugin_entry.hpp"
#include "plugin/plugin_probe.hpp"
#include "plugin/strand_clock.hpp"
#include "plugin/worker_pool.hpp"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <system_error>
#include <utility>

namespace meshhost::plugin {

namespace {

/// Of a plugin that never became an instance: neither its role nor its version is known.
instance_status refused_status(
    const std::string& path,
    const plugin_spec& spec,
    const plugin_fault& fault,
    bool is_isolated
) {
    instance_status status;
    status.instance = spec.instance;
    status.isolation = is_isolated ? "process" : "inprocess";
    status.role = spec.role;
    status.path = path;
    status.state = proto::instance_state::failed;
    status.last_error = text_of(fault);
    return status;
}

/// What the operator or the file's note names is what runs: settings are chosen by it.
checked<> check_role(
    const plugin_spec& wanted,
    const std::string& noted,
    const role_description& found
) {
    if (!wanted.role.empty() && wanted.role != found.name) {
        return plugin_fault{
            "MP018",
            fmt::format("has no role {}, only {}", in_quotes(wanted.role), found.name)};
    }
    if (wanted.role.empty() && !noted.empty() && noted != found.name) {
        return plugin_fault{
            "MP018",
            fmt::format("its note names the role {}, its table {}", noted, found.name)};
    }
    return {};
}

}  // namespace

plugin_manager::plugin_manager(
    net::shard& shard,
    plugin_settings settings,
    mesh_services mesh,
    contribution_sink& sink,
    plugin_observer& observer
)
    : shard_(shard)
    , settings_(std::move(settings))
    , groups_(settings_.control_groups)
    , mesh_(std::move(mesh))
    , sink_(sink)
    , observer_(observer)
    , stop_timer_(shard, *this)
    , upkeep_(std::make_unique<upkeep_clock>(*this))
    , stalls_(shard, *this)
    , made_(shard.now())
    , seeds_(settings_.seed)
    , reload_(shard)
    , relay_(std::make_shared<relay>(*this)) {
    settings_.withheld = missing_tables(mesh_);
    if (mesh_.key != nullptr) signer_ = std::make_shared<key_signer>(*mesh_.key);
}

plugin_manager::~plugin_manager() {
    for (const auto& each : entries_) {
        if (each->instance) each->instance->shut_down(shard_.now());  // all at once, then wait
    }
    for (const auto& each : entries_) {
        if (each->instance) each->instance->join(proto::stop_limit);
        end(*each);
    }
}

std::vector<failure> plugin_manager::load(std::span<const plugin_spec> specs) {
    std::vector<failure> refused;
    std::vector<planned> accepted;
    std::string roles;
    for (const plugin_spec& spec : specs) {
        auto next = prepare(spec, refused);
        if (!next) continue;
        taken_.push_back({next->plan.instance, next->plan.role->name});
        if (!proto::has_role(roles, next->plan.role->name)) {
            roles += (roles.empty() ? "" : ",") + next->plan.role->name;
        }
        accepted.push_back(std::move(*next));
    }
    for (planned& each : accepted)
        create(std::move(each), roles, refused);
    return refused;
}

/// Everything up to the plan; the instance is created when the roles of all are known.
std::optional<plugin_manager::planned> plugin_manager::prepare(
    const plugin_spec& spec,
    std::vector<failure>& refused
) {
    const std::string path = resolve_plugin(spec.argument, settings_.directory);
    const time_point began = shard_.now();
    plugin_spec named = spec;
    const auto refuse = [&](const plugin_fault& fault) {
        refused.push_back(explain(path, fault));
        const bool is_isolated = settings_of(named.instance).is_isolated;
        refused_.push_back(refused_status(path, named, fault, is_isolated));
        refused_.back().last_error_at = shard_.now();
        refused_.back().loading = {began, shard_.now() - began};
        return std::nullopt;
    };
    if (settings_.is_safe && !is_own(path)) {
        return refuse(
            {"MP024", "left out: in safe mode only plugins of the host's own directory are loaded"}
        );
    }
    auto plugin = inspect(path);
    if (!plugin) return refuse(plugin.error());
    log_notices(*plugin);
    named = name_it(spec, *plugin);
    auto next = plan(named, std::move(*plugin));
    if (!next) return refuse(next.error());
    for (const std::string& warning : next->plan.warnings)
        log_.warn("plugin {}: {}", path, warning);
    next->loading = {began, shard_.now() - began};
    return std::move(*next);
}

/// Whose settings it has is decided before any of its code runs.
plugin_spec plugin_manager::name_it(const plugin_spec& spec, const inspected_plugin& plugin) const {
    plugin_spec named = spec;
    role_description noted;
    noted.name = spec.role.empty() ? plugin.role : spec.role;
    if (!named.instance.empty() || noted.name.empty()) return named;
    if (auto name = choose_name(noted, {}, taken_)) named.instance = std::move(*name);
    return named;
}

/// A file whose note names no role gets its name from its code, and what was granted to that name
/// may be meant for another.
checked<> plugin_manager::check_meant(const plugin_spec& wanted, const std::string& name) const {
    if (!wanted.instance.empty() || !settings_.instances.contains(name)) return {};
    return plugin_fault{
        "MP018",
        fmt::format(
            "nothing but its code says that it is {0}, for which there are settings: run it as "
            "plugin.{0}, or name its role in its note",
            name
        )};
}

/// The probe tells whether it runs, and what it would be. It may be lying: what it says can shut
/// the role in, and not let it out.
checked<plugin_manager::planned> plugin_manager::plan(plugin_spec wanted, inspected_plugin plugin) {
    const instance_settings& own = settings_of(wanted.instance);
    if (auto pinned = check_pin(plugin, own.sha256, wanted.instance); !pinned)
        return pinned.error();
    auto probed = probe(plugin, {wanted, settings_});
    if (!probed) return probed.error();
    if (auto fit = check_role(wanted, plugin.role, probed->role); !fit) return fit.error();
    auto name = choose_name(probed->role, wanted.instance, taken_);
    if (!name) return name.error();
    if (auto meant = check_meant(wanted, *name); !meant) return meant.error();
    if (auto calm = check_crashes(*name); !calm) return calm.error();
    wanted.instance = *name;
    const bool is_isolated = own.is_isolated || (probed->role.flags & MESH_ROLE_NO_INPROC) != 0;
    if (!is_isolated) return plan_thread(std::move(plugin), wanted, taken_);
    return plan_process(std::move(plugin), std::move(*probed), std::move(*name), own);
}

bool plugin_manager::is_own(const std::string& path) const {
    std::error_code ignored;
    const std::filesystem::path parent = std::filesystem::path(path).parent_path();
    return std::filesystem::equivalent(parent, settings_.directory, ignored);
}

/// A role that takes the whole host down with it is left out before it does so again.
checked<> plugin_manager::check_crashes(const std::string& instance) const {
    if (settings_.crashes.empty()) return {};
    if (!is_crashing(read_crashes(settings_.crashes), instance, wall_now())) return {};
    return plugin_fault{
        "MP309",
        fmt::format(
            "disabled: named in {} crashes within {} minutes; meshctl plugin enable {}",
            crashes_tolerated,
            std::chrono::duration_cast<std::chrono::minutes>(crash_window).count(),
            instance
        )};
}

const instance_settings& plugin_manager::settings_of(const std::string& instance) const {
    const auto found = settings_.instances.find(instance);
    return found == settings_.instances.end() ? settings_.defaults : found->second;
}

checked<plugin_manager::planned> plugin_manager::plan_thread(
    inspected_plugin plugin,
    const plugin_spec& spec,
    const std::vector<taken_name>& taken
) {
    const std::string path = plugin.path;
    const auto library = plugin_library::load(std::move(plugin));
    if (!library) return library.error();
    auto plan = plan_instance((*library)->roles(), spec, settings_, taken);
    if (!plan) return plan.error();
    return planned{path, std::move(*plan)};
}

/// None of its code runs here: what is known of the role, the probe process said.
checked<plugin_manager::planned> plugin_manager::plan_process(
    inspected_plugin plugin,
    probed_role probed,
    std::string instance,
    const instance_settings& own
) {
    if ((probed.role.flags & MESH_ROLE_NO_SANDBOX) != 0) {
        return plugin_fault{
            "MP023",
            fmt::format(
                "role {} cannot run in a process of its own: set plugin.{}.isolation = "
                "\"inprocess\"",
                in_quotes(probed.role.name),
                instance
            )};
    }
    const auto code = std::make_shared<const isolated_code>(
        isolated_code{std::move(plugin.image), std::move(probed.role)}
    );
    instance_plan plan{
        .instance = std::move(instance),
        .role = &code->role,
        .config = {},
        .grants = grants_of(code->role, own),
        .state = {},
        .settings = own,
        .warnings = std::move(probed.warnings)};
    if (!settings_.state_directory.empty())
        plan.state.directory = (settings_.state_directory / plan.instance).string();
    plan.settings.is_isolated = true;
    return planned{plugin.path, std::move(plan), code->image.fd(), code};
}

void plugin_manager::log_notices(const inspected_plugin& plugin) const {
    for (const plugin_fault& notice : plugin.notices)
        log_.warn("{}", explain(plugin.path, notice).message);
}

void plugin_manager::start() {
    for (const auto& each : entries_) {
        if (each->instance) each->instance->start();
    }
}

void plugin_manager::publish(peer_snapshot_ptr snapshot) {
    snapshot_ = std::move(snapshot);
    for (const auto& each : entries_) {
        if (each->instance) each->instance->publish(snapshot_);
    }
}

bool plugin_manager::inject_exception(const std::string& instance) {
    entry* const found = find(instance);
    if (found == nullptr || !found->instance) return false;
    found->instance->inject_exception();
    return true;
}

void plugin_manager::stop() {
    if (std::exchange(stopping_, true)) return;
    const time_point now = shard_.now();
    for (const auto& each : entries_) {
        if (each->instance) each->instance->shut_down(now + settings_.drain_limit);
    }
    // With nothing to wait for the timer is due at once, so that the answer never comes from here.
    stop_timer_.arm(running() == 0 ? now : now + settings_.stop_limit);
}

std::vector<instance_status> plugin_manager::status() const {
    std::vector<instance_status> all;
    for (const auto& each : entries_)
        all.push_back(each->status);
    all.insert(all.end(), refused_.begin(), refused_.end());
    return all;
}

plugin_manager::entry* plugin_manager::find(const std::string& instance) const {
    const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const auto& each) {
        return each->status.instance == instance;
    });
    return found == entries_.end() ? nullptr : found->get();
}

plugin_counts plugin_manager::measure() const {
    plugin_counts figures;
    figures.instances = entries_.size();
    figures.workers = worker_pool::shared().threads();
    figures.timers = 4;  // for the stop, stalls, upkeep and a reload
    for (const auto& each : entries_) {
        figures.timers += each->services ? 1 : 0;
        figures.timers += each->instance && each->settings.is_isolated ? 1 : 0;
        if (const auto* const held = each->services ? each->services->streams() : nullptr) {
            ++figures.timers;
            figures.connections += held->connections();
            figures.streams += held->streams();
            figures.unread += held->unread();
        }
        if (!each->instance) continue;
        const std::size_t queued = each->instance->queued();
        ++figures.strands;
        figures.queued += queued;
        figures.queued_most = std::max(figures.queued_most, queued);
        figures.handles += each->instance->handles();
    }
    return figures;
}

std::size_t plugin_manager::running() const {
    return static_cast<std::size_t>(std::count_if(
        entries_.begin(),
        entries_.end(),
        [](const auto& each) { return each->instance != nullptr; }
    ));
}

std::vector<const transport::connection*> plugin_manager::owned() const {
    std::vector<const transport::connection*> all;
    for (const auto& each : entries_) {
        if (!each->services || each->services->streams() == nullptr) continue;
        const auto held = each->services->streams()->owned();
        all.insert(all.end(), held.begin(), held.end());
    }
    return all;
}

std::vector<std::string> plugin_manager::alpns() const {
    std::vector<std::string> all;
    for (const auto& each : entries_) {
        if (!each->services || each->services->streams() == nullptr) continue;
        const auto held = each->services->streams()->alpns();
        all.insert(all.end(), held.begin(), held.end());
    }
    return all;
}

void plugin_manager::on_deadline(time_point) {
    std::size_t abandoned = 0;
    for (const auto& each : entries_) {
        if (!each->instance) continue;
        abandoned += each->settings.is_isolated ? 0 : 1;
        each->instance->abandon();
        end(*each);
        const auto seconds = std::chrono::duration<double>(settings_.stop_limit).count();
        on(*each,
           proto::up::faulted{
               "MP308",
               fmt::format(
                   "stalled: {} has not stopped within {} s{}",
                   each->status.instance,
                   seconds,
                   each->settings.is_isolated ? ": its process is killed"
                                              : ", and cannot be killed in-process: left behind"
               )});
        on(*each, proto::up::state_changed{proto::instance_state::failed});
    }
    finish_stop(abandoned);
}

void plugin_manager::finish_stop(std::size_t abandoned) {
    stop_timer_.arm(no_deadline);
    observer_.on_plugins_stopped(abandoned);  // may destroy this
}

}  // namespace meshhost::plugin
