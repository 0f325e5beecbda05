// SPDX-License-Identifier: Apache-2.0
#include "plugin/plugin_manager.hpp"

#include "net/shard.hpp"
#include "plugin/abi_check.hpp"
#include "plugin/event_queue.hpp"
#include "plugin/plugin_instance.hpp"
#include "plugin/plugin_probe.hpp"
#include "plugin/services/instance_services.hpp"
#include "plugin/shard_uplink.hpp"
#include "plugin/thread_instance.hpp"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <utility>

namespace meshhost::plugin {

namespace {

std::string text_of(const plugin_fault& fault) {
    return fault.code + " " + fault.text;
}

/// Of a plugin that never became an instance: neither its role nor its version is known.
instance_status refused_status(
    const std::string& path,
    const plugin_spec& spec,
    const plugin_fault& fault
) {
    instance_status status;
    status.instance = spec.instance;
    status.role = spec.role;
    status.path = path;
    status.state = proto::instance_state::failed;
    status.last_error = text_of(fault);
    return status;
}

}  // namespace

/// Hears the instances for a manager that may be gone when their messages arrive.
class plugin_manager::relay final : public uplink_sink {
public:
    explicit relay(plugin_manager& owner) noexcept
        : owner_(owner) {}

    void on_message(const std::string& instance, proto::up_message message) override {
        owner_.on_message(instance, std::move(message));
    }

private:
    plugin_manager& owner_;
};

/// One role of this host: its status for as long as the host runs, the rest while it does.
struct plugin_manager::entry final : downlink {
    explicit entry(instance_status first)
        : status(std::move(first)) {}

    void send(proto::down_message message) override {
        if (instance) instance->send(std::move(message));
    }

    instance_status status;
    std::shared_ptr<shard_uplink> link;
    std::unique_ptr<plugin_instance> instance;  ///< null once it has ended
    std::unique_ptr<instance_services> services;
};

plugin_manager::plugin_manager(
    net::shard& shard,
    plugin_settings settings,
    mesh_services mesh,
    contribution_sink& sink,
    plugin_observer& observer
)
    : shard_(shard)
    , settings_(std::move(settings))
    , mesh_(mesh)
    , sink_(sink)
    , observer_(observer)
    , stop_timer_(shard, *this)
    , made_(shard.now())
    , relay_(std::make_shared<relay>(*this)) {}

plugin_manager::~plugin_manager() {
    for (const auto& each : entries_) {
        if (each->instance) each->instance->shut_down(shard_.now());  // all at once, then wait
    }
    for (const auto& each : entries_)
        end(*each);
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
    const auto refuse = [&](const plugin_fault& fault) {
        refused.push_back(explain(path, fault));
        refused_.push_back(refused_status(path, spec, fault));
        return std::nullopt;
    };
    auto plugin = inspect(path);
    if (!plugin) return refuse(plugin.error());
    log_notices(*plugin);
    if (auto passed = probe(*plugin, {spec, settings_, taken_}); !passed) {
        return refuse(passed.error());
    }
    const auto library = plugin_library::load(std::move(*plugin));
    if (!library) return refuse(library.error());
    auto plan = plan_instance((*library)->roles(), spec, settings_, taken_);
    if (!plan) return refuse(plan.error());
    for (const std::string& warning : plan->warnings)
        log_.warn("plugin {}: {}", path, warning);
    return planned{path, std::move(*plan)};
}

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
        .log = logger(from.plan.instance),
    };
    entry& made = *entries_.emplace_back(std::make_unique<entry>(std::move(status)));
    const auto events = std::make_shared<event_queue>();
    made.link = std::make_shared<shard_uplink>(shard_, relay_, made.status.instance, events);
    made.services = std::make_unique<instance_services>(shard_, mesh_, made);
    made.instance =
        std::make_unique<thread_instance>(std::move(facts), snapshot_, events, made.link);
    if (auto created = made.instance->create(); !created) {
        refused.push_back(explain(from.path, created.error()));
        made.status.state = proto::instance_state::failed;
        made.status.last_error = text_of(created.error());
        end(made);
    }
}

/// Waits for what still runs; nothing of it is heard any more.
void plugin_manager::end(entry& ended) {
    ended.services.reset();
    ended.instance.reset();
    if (ended.link) ended.link->detach();
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

plugin_manager::entry* plugin_manager::find(const std::string& instance) {
    const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const auto& each) {
        return each->status.instance == instance;
    });
    return found == entries_.end() ? nullptr : found->get();
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
    of.status.state = said.state;
    log_.info("{} {}", of.status.instance, proto::to_string(said.state));
    observer_.on_instance_changed(of.status);
}

void plugin_manager::on(entry& of, const proto::up::faulted& said) {
    const plugin_fault fault(said.code, said.text);
    log_.warn("{}", explain(of.status.path, fault).message);
    if (of.status.state == proto::instance_state::failed) return;  // the first is the cause
    of.status.last_error = text_of(fault);
    observer_.on_instance_changed(of.status);
}

void plugin_manager::on(entry& of, const proto::up::value_said& said) {
    const auto& [role, key, unit, value] = said.value;
    if (std::holds_alternative<std::monostate>(value)) {
        sink_.on_cleared(of.status.instance, role, key);
    } else {
        sink_.on_contribution(of.status.instance, role, said.value);
    }
}

/// Its thread is on its last lines: waiting for it does not take long.
void plugin_manager::on(entry& of, const proto::up::exited&) {
    end(of);
    if (stopping_ && running() == 0) finish_stop(0);
}

plugin_counts plugin_manager::measure() const {
    plugin_counts figures;
    figures.instances = entries_.size();
    for (const auto& each : entries_) {
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

void plugin_manager::on_deadline(time_point) {
    std::size_t abandoned = 0;
    for (const auto& each : entries_) {
        if (!each->instance) continue;
        ++abandoned;
        each->instance->abandon();
        end(*each);
        const auto seconds = std::chrono::duration<double>(settings_.stop_limit).count();
        on(*each,
           proto::up::faulted{
               "MP308",
               fmt::format(
                   "stalled: {} has not stopped within {} s, and cannot be killed in-process: "
                   "left behind",
                   each->status.instance,
                   seconds
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
